/** Settings that a change may turn for a moment, and must leave as they were. */
export const guarded = [
  'min-replicas-to-write',
  'min-replicas-max-lag',
  'repl-ping-replica-period',
  'replica-priority',
  'repl-timeout',
  'masterauth',
] as const;

/** One node, as whoever looks at its container and asks its server sees it; rmsx is not asked. */
export interface NodeSight {
  readonly name: string;
  /** As the engine says: `running`, `paused`, `exited`, `restarting`. */
  readonly state: string;
  /** Of the network of the cluster; null where it is off. */
  readonly ip: string | null;
  readonly port: number;
  /** INFO; null where it does not answer. */
  readonly info: Readonly<Record<string, string>> | null;
  /** The line of its role.conf that says whom it follows. */
  readonly roleConf: string;
  /** The text of its record. */
  readonly record: string;
  /** The id of its container, when it was started, and how often the engine did so by itself. */
  readonly container: string;
  /** The guarded settings. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What only a closer look shows, of the nodes that answer. */
export interface CloseSight {
  /** What a write was answered with, by node. */
  readonly writes: ReadonlyMap<string, string>;
  /** How many replicas acknowledged a marker; by node that took it. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** All data, as a hash: the same data, the same hash. */
  readonly data: ReadonlyMap<string, string>;
  /** Lines of the logs that say `== CRITICAL ==`, by node. */
  readonly critical: ReadonlyMap<string, readonly string[]>;
}

/** All nodes of a cluster. */
export type Sight = readonly NodeSight[];

/** @returns INFO as fields */
export function fieldsOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** @returns the nodes whose servers answer */
export const answering = (sight: Sight): readonly (NodeSight & { readonly info: Readonly<Record<string, string>> })[] =>
  sight.flatMap((node) => (node.state === 'running' && node.info ? [{ ...node, info: node.info }] : []));

/** @returns how many synchronisations of a kind the servers have served since another look; a restart begins at 0 */
export function synchronisations(kind: 'sync_full' | 'sync_partial_ok', before: Sight, after: Sight): number {
  const countOf = (node: NodeSight | undefined): number => Number(node?.info?.[kind] ?? 0);
  return answering(after).reduce((sum, node) => {
    const was = before.find(({ name }) => name === node.name);
    const isSame = was?.info?.run_id === node.info.run_id;
    return sum + countOf(node) - (isSame ? countOf(was) : 0);
  }, 0);
}

/** @returns what no command that changes nothing may change: a line for each node */
export const fingerprint = (sight: Sight): readonly string[] =>
  sight.map(({ name, state, ip, info, roleConf, record, container, settings }) => {
    const { role, master_replid: replid, master_host: source, run_id: run } = info ?? {};
    const { masterauth: _, ...shown } = settings;
    return JSON.stringify([name, state, ip, container, roleConf, role, source, replid, run, shown, record]);
  });
