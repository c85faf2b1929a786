import type { Topology } from '../domain/cluster.ts';
import { compareNodeNames } from '../domain/names.ts';
import { nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { shapeName } from '../domain/shape.ts';
import { clusterNames, observeEngine } from './observe-engine.ts';
import { readRecord } from './read-confs.ts';

/** One cluster on the engine, as far as the engine itself knows it. */
export interface ListedCluster {
  readonly name: string;
  /** `running`: every node; `partial`: some, others are stopped or gone; `stopped`: none; `removed`: only data is left. */
  readonly state: 'running' | 'partial' | 'stopped' | 'removed';
  readonly topology: string | null;
  /** How many there should be, as the record says, and containers that it does not know. */
  readonly nodes: number;
  readonly running: number;
  readonly image: string | null;
  readonly subnet: string | null;
  /** When the oldest container was made; null where there is none. */
  readonly createdAt: string | null;
}

/**
 * @param only - the name of the one that is looked for. @default all of them
 * @returns the clusters on the engine, by name; none where it is not there
 */
export async function ls({ engine }: Ports, only?: string): Promise<readonly ListedCluster[]> {
  const observed = await observeEngine(engine);
  const names = clusterNames(observed).filter((name) => only === undefined || name === only);
  return Promise.all(names.map((name) => listCluster(name, observed, engine)));
}

async function listCluster(name: string, observed: ObservedEngine, engine: Engine): Promise<ListedCluster> {
  const nodes = [...nodeContainers(name, observed)].sort((a, b) => compareNodeNames(a.node ?? '', b.node ?? ''));
  const running = nodes.filter((container) => container.state === 'running').length;
  const record = await readRecord(engine, nodes);
  const planned = record?.cluster.nodes.map((node) => node.name) ?? [];
  const count = new Set([...planned, ...nodes.map(({ node }) => node)]).size;
  const oldest = Math.min(...nodes.map((container) => container.createdAtMs));
  return {
    name,
    state: nodes.length === 0 ? 'removed' : stateOf(count, running),
    topology: presentTopology(record) ?? nodes[0]?.topology ?? null,
    nodes: nodes.length === 0 ? 0 : count,
    running,
    image: nodes[0]?.image ?? null,
    subnet: observed.networks.find((network) => network.cluster === name)?.subnets[0] ?? null,
    createdAt: nodes.length > 0 ? new Date(oldest).toISOString() : null,
  };
}

/** The label says how the cluster was made; promotions and moves are in its record. */
const presentTopology = (record: ClusterRecord | null): Topology | null =>
  record && shapeName(record.cluster.nodes, record.cluster.topology, record.cluster.fanout);

function stateOf(nodes: number, running: number): ListedCluster['state'] {
  if (running === 0) return 'stopped';
  return running === nodes ? 'running' : 'partial';
}
