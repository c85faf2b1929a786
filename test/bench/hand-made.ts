/** The setup that people build by hand: one conf file per node and one compose file. */
export interface HandMade {
  readonly project: string;
  readonly image: string;
  /** CIDR with prefix 24. */
  readonly subnet: string;
  readonly basePort: number;
  readonly replicas: number;
  readonly password: string;
}

/** @returns name -> content of every file; each is as the tutorials have it, mistakes included */
export function renderHandMade(setup: HandMade): ReadonlyMap<string, string> {
  const nodes = handMadeNodes(setup);
  return new Map([
    ['docker-compose.yaml', renderCompose(setup)],
    ...nodes.map((node, i) => [`${node.name}.conf`, renderConf(setup, node, i === 0 ? undefined : nodes[0])] as const),
  ]);
}

/** A node of the hand-made setup. */
export interface HandMadeNode {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
}

/** @returns the nodes, the master first */
export function handMadeNodes({ subnet, basePort, replicas }: HandMade): readonly HandMadeNode[] {
  const prefix = subnet.replace(/\.0\/24$/, '');
  return Array.from({ length: 1 + replicas }, (_, i) => ({
    name: i === 0 ? 'master' : `slave-${i}`,
    ip: `${prefix}.${10 + i}`,
    port: basePort + i,
  }));
}

function renderConf({ password }: HandMade, node: HandMadeNode, master: HandMadeNode | undefined): string {
  const lines = [
    '# the port of this node',
    `port ${node.port}`,
    '# no logo in the log',
    'always-show-logo no',
    '# access only with the password',
    `requirepass ${password}`,
    '# KEYS leaks every key and blocks the server',
    'rename-command KEYS ""',
  ];
  const replica = master
    ? ['# the master and its password', `replicaof ${master.ip} ${master.port}`, `masterauth ${password}`]
    : [];
  return `${[...lines, ...replica].join('\n')}\n`;
}

function renderCompose(setup: HandMade): string {
  const services = handMadeNodes(setup).map((node, i) => renderService(setup, node, i > 0));
  return `name: ${setup.project}
services:
${services.join('')}networks:
  app_net:
    driver: bridge
    ipam:
      config:
        - subnet: ${setup.subnet}
`;
}

/** Published on the loopback address only, unlike by hand: a benchmark opens no server to the network. */
function renderService({ project, image }: HandMade, { name, ip, port }: HandMadeNode, isReplica: boolean): string {
  return `  ${name}:
    image: ${image}
    container_name: ${project}-${name}
    restart: always
    command: redis-server /usr/local/etc/redis/redis.conf
    environment:
      TZ: Asia/Shanghai
    sysctls:
      net.core.somaxconn: 511
    ports:
      - "127.0.0.1:${port}:${port}"
    volumes:
      - ./${name}.conf:/usr/local/etc/redis/redis.conf
    networks:
      app_net:
        ipv4_address: ${ip}
${isReplica ? '    depends_on:\n      - master\n' : ''}`;
}
