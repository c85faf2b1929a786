import type { ClusterSpec, NodeSpec } from './cluster.ts';

/**
 * What stands beside the conf of every node: the cluster as it should be, and which change made it so.
 * The record with the highest epoch is the truth: docs/decisions/003.
 */
export interface ClusterRecord {
  readonly schemaVersion: 1;
  /** Grows by one with each change of roles or nodes. */
  readonly epoch: number;
  readonly cluster: ClusterSpec;
}

/** @returns the text of record.json: same record, same bytes */
export const serializeRecord = (record: ClusterRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** @returns the record, or null where the text is none: half written, or by a later rmsx */
export function parseRecord(text: string): ClusterRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? complete(value) : null;
  } catch {
    return null;
  }
}

/** @returns the record with the highest epoch, or null where there is none */
export function newestRecord(records: Iterable<ClusterRecord | null>): ClusterRecord | null {
  let newest: ClusterRecord | null = null;
  for (const record of records) {
    if (record && (!newest || record.epoch > newest.epoch)) newest = record;
  }
  return newest;
}

function isRecord(value: unknown): value is ClusterRecord {
  const record = value as ClusterRecord | null;
  return (
    record?.schemaVersion === 1 &&
    Number.isSafeInteger(record.epoch) &&
    typeof record.cluster?.name === 'string' &&
    Array.isArray(record.cluster.nodes) &&
    record.cluster.nodes.every(isNode)
  );
}

function isNode(node: NodeSpec | null): boolean {
  return (
    typeof node?.name === 'string' &&
    typeof node.address?.host === 'string' &&
    Number.isSafeInteger(node.address.port) &&
    (node.source === null || typeof node.source === 'string')
  );
}

/** What a record of rmsx 0.1 does not have: stars only, and no directives. */
function complete(record: ClusterRecord): ClusterRecord {
  const { cluster } = record;
  const nodes = cluster.nodes.map((node) => ({
    ...node,
    image: node.image ?? null,
    directives: node.directives ?? {},
  }));
  return {
    ...record,
    cluster: {
      ...cluster,
      fanout: cluster.fanout ?? 2,
      directives: cluster.directives ?? {},
      basePort: cluster.basePort ?? nodes[0]?.address.port,
      asked: cluster.asked ?? {},
      nodes,
    },
  };
}
