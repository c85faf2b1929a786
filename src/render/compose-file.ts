import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type ClusterSpec, imageOf, masterOf, type NodeSpec } from '../domain/cluster.ts';
import { confDirectory, containerName, dataDirectory, dataInMemory, networkName } from '../domain/names.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { dynamicRange, gatewayIp, parseSubnet } from '../domain/subnet.ts';
import { composeScalar } from './compose-scalar.ts';
import { serverCommand } from './conf-directory.ts';
import { renderConf } from './conf-files.ts';
import { renderTemplate, type Template, type TemplateValues } from './template.ts';

/** A file of a rendered cluster. */
export interface RenderedFile {
  /** Below the directory of the cluster, with `/`. */
  readonly path: string;
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
  /** Its time of modification, in seconds since 1970. @default now */
  readonly stampSeconds?: number;
}

/** The templates of the files of a cluster. */
export interface ClusterTemplates {
  readonly redisConf: Template;
  readonly compose: Template;
  readonly readme: Template;
}

/** The directory with the conf of all nodes, which is closed to everybody else on the host. */
export const nodesDirectory = 'nodes';

/** Whatever user the server in a container is: it sees its own conf directory, and nothing around it. */
const readable = 0o644;

/**
 * A cluster as files: a compose file, what it mounts, and a page that says how to use it. Same values, same bytes.
 * @throws RmsxError `bad-spec` where a template names what is not there, or leaves out what must not be lost
 */
export function renderCluster(
  record: ClusterRecord,
  password: string,
  templates: ClusterTemplates,
): readonly RenderedFile[] {
  const { cluster } = record;
  const { redisConf, compose, readme } = templates;
  return [
    {
      path: 'compose.yaml',
      content: renderTemplate(compose, composeValues(record, redisConf), composeEssentials),
      mode: readable,
    },
    { path: 'README.md', content: renderTemplate(readme, readmeValues(cluster)), mode: readable },
    { path: `${nodesDirectory}/.gitignore`, content: '# Passwords are in here.\n*\n', mode: readable },
    ...cluster.nodes.flatMap((node) =>
      renderConf(record, node, password, redisConf.text, redisConf.file).map(
        ({ name, ...file }): RenderedFile => ({
          ...file,
          path: posix.join(nodesDirectory, node.name, name),
          mode: readable,
        }),
      ),
    ),
  ];
}

const composeEssentials: readonly string[] = ['name', 'nodes', 'node', 'ip', 'publish', 'conf', 'subnet', 'timezone'];

function composeValues(record: ClusterRecord, redisConf: Template): TemplateValues {
  const { cluster } = record;
  const subnet = parseSubnet(cluster.subnet);
  if (typeof subnet === 'string') throw new RangeError(subnet);
  return {
    name: composeScalar(cluster.name),
    image: composeScalar(cluster.image),
    command: `[${serverCommand.map(composeScalar).join(', ')}]`,
    timezone: composeScalar(cluster.timezone),
    topology: composeScalar(cluster.topology),
    aof: cluster.persistence === 'aof',
    rdb: cluster.persistence === 'rdb',
    none: cluster.persistence === 'none',
    'keeps-data': cluster.persistence !== 'none',
    'conf-directory': composeScalar(confDirectory),
    'data-in-memory': composeScalar(`${dataDirectory}:${dataInMemory}`),
    network: composeScalar(networkName(cluster.name)),
    subnet: composeScalar(subnet.cidr),
    'ip-range': composeScalar(dynamicRange(subnet)),
    gateway: composeScalar(gatewayIp(subnet)),
    nodes: cluster.nodes.map((node) => ({
      ...composeNode(cluster, node),
      'conf-hash': composeScalar(confHash(record, node, redisConf)),
    })),
  };
}

/** Compose does not look into mounted files: a label that changes with the conf makes it replace the container. */
function confHash(record: ClusterRecord, node: NodeSpec, { text, file }: Template): string {
  const withoutPassword = renderConf(record, node, '', text, file)[0]?.content ?? '';
  return createHash('sha256').update(withoutPassword).digest('hex').slice(0, 12);
}

function composeNode(cluster: ClusterSpec, node: NodeSpec): TemplateValues {
  const { host, port } = node.address;
  const volume = `${node.name}-data`;
  return {
    node: composeScalar(node.name),
    container: composeScalar(containerName(cluster.name, node.name)),
    'own-image': node.image === null || node.image === cluster.image ? null : composeScalar(node.image),
    'effective-image': composeScalar(imageOf(cluster, node)),
    source: node.source === null ? null : composeScalar(node.source),
    ip: composeScalar(host),
    publish: composeScalar(`${cluster.bind}:${port}:${port}`),
    conf: composeScalar(`./${nodesDirectory}/${node.name}`),
    data: cluster.persistence === 'none' ? null : composeScalar(`${volume}:${dataDirectory}`),
    'data-volume': composeScalar(volume),
  };
}

function readmeValues(cluster: ClusterSpec): TemplateValues {
  const master = masterOf(cluster);
  const source = (node: NodeSpec): string => (node.source === null ? 'nobody' : node.source);
  return {
    name: cluster.name,
    topology: cluster.topology,
    replicas: String(cluster.nodes.length - 1),
    image: cluster.image,
    bind: cluster.bind,
    subnet: cluster.subnet,
    master: master.name,
    'master-container': containerName(cluster.name, master.name),
    'master-port': String(master.address.port),
    replica: cluster.nodes.find((node) => node.source !== null)?.name ?? null,
    aof: cluster.persistence === 'aof',
    rdb: cluster.persistence === 'rdb',
    none: cluster.persistence === 'none',
    nodes: cluster.nodes.map((node) => ({
      node: node.name,
      container: containerName(cluster.name, node.name),
      address: node.address.host,
      port: String(node.address.port),
      'node-source': source(node),
      'node-image': imageOf(cluster, node),
    })),
  };
}
