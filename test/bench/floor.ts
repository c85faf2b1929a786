import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { confDirectory, dataDirectory, replicaName } from '../../src/domain/names.ts';
import { dynamicRange, gatewayIp, nodeIp, parseSubnet } from '../../src/domain/subnet.ts';
import { toContainerOptions, toNetworkOptions } from '../../src/engine/translate.ts';
import { findBasePort, findSubnet } from './engine.ts';
import { runProcess } from './processes.ts';
import type { Session } from './session.ts';

/** What the floor is made of, and where. */
export interface FloorSetup {
  /** `key=value`: on everything it makes. */
  readonly label: string;
  readonly name: string;
  readonly image: string;
  readonly subnet: string;
  readonly basePort: number;
  readonly replicas: number;
}

/**
 * The bodies that rmsx sends for a cluster of this size, so that both ask the engine for the same. Only the command
 * differs, as nothing is written into these containers, and the labels: rmsx must not take them for its own.
 */
export function floorBodies({ label, name, image, subnet: cidr, basePort, replicas }: FloorSetup): object {
  const subnet = parseSubnet(cidr);
  if (typeof subnet === 'string') throw new RangeError(subnet);
  const network = `${name}_app_net`;
  const common = { name: network, cluster: name, run: name };
  const address = { subnet: cidr, gateway: gatewayIp(subnet), dynamicRange: dynamicRange(subnet) };
  const containers = Array.from({ length: 1 + replicas }, (_, i) => {
    const node = i === 0 ? 'master' : replicaName(i);
    const port = basePort + i;
    const mount = (purpose: 'data' | 'conf', target: string) =>
      ({ name: `${name}-${node}-${purpose}`, purpose, target, readOnly: false }) as const;
    const body = toContainerOptions(
      {
        ...common,
        name: `${name}-${node}`,
        node,
        topology: 'star',
        image,
        command: ['redis-server', '--port', String(port)],
        network,
        address: { host: nodeIp(subnet, i), port },
        bind: '127.0.0.1',
        timezone: 'UTC',
        volumes: [mount('data', dataDirectory), mount('conf', confDirectory)],
        ephemeral: false,
        restart: 'always',
        sysctls: { 'net.core.somaxconn': '511' },
      },
      {},
    );
    return { name: `${name}-${node}`, body };
  });
  return relabelled({ network: toNetworkOptions({ ...common, ...address }, {}), containers }, label) as object;
}

/** Every object called Labels, at any depth, becomes the one label. */
function relabelled(value: unknown, label: string): unknown {
  if (Array.isArray(value)) return value.map((element) => relabelled(element, label));
  if (typeof value !== 'object' || value === null) return value;
  const [key = '', text = ''] = label.split('=');
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'Labels' ? { [key]: text } : relabelled(inner, label),
    ]),
  );
}

/** @returns the label of what it makes, and milliseconds until all the containers are started */
export async function floorUp(
  session: Session,
  replicas: number,
): Promise<{ readonly label: string; readonly durationMs: number }> {
  const name = `bench-${session.id}-floor-${1 + replicas}`;
  const label = `rmsx-bench.floor=${name}`;
  const [subnet, basePort] = await Promise.all([findSubnet(session.signal), findBasePort(1 + replicas)]);
  const file = join(session.directory, `${name}.json`);
  await writeFile(file, JSON.stringify(floorBodies({ label, name, image: session.image, subnet, basePort, replicas })));
  session.owns(label);
  const floor = join(import.meta.dirname, 'floor-process.js');
  const { durationMs } = await runProcess(process.execPath, [floor, file], { signal: session.signal });
  return { label, durationMs };
}
