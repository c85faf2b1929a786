import { defaults } from '../config/defaults.ts';
import type { UpRequest } from '../config/up-request.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { networkName } from '../domain/names.ts';
import type { ObservedEngine } from '../domain/observed.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { chooseBasePort, chooseSubnet } from './choose.ts';
import { describeDifferences, firstPort, wantedCluster } from './cluster-spec.ts';
import { refuseConflicts } from './conflicts.ts';

/**
 * Settles what `up` is to reach: chooses what is left open, and refuses what is in the way.
 * @param existing - the newest record of the cluster, or null
 * @returns the record that every node should have; the existing one where nothing changes
 * @throws RmsxError `conflict` or `bad-spec`
 */
export function settleCluster(
  request: UpRequest,
  existing: ClusterRecord | null,
  engine: ObservedEngine,
  { timezone, attempt }: { readonly timezone: string; readonly attempt: number },
): ClusterRecord {
  const before = existing?.cluster ?? null;
  const count = 1 + (request.replicas ?? (before ? before.nodes.length - 1 : defaults.replicas));
  const cluster = wantedCluster(request, before, {
    subnet: settleSubnet(request, before?.subnet, engine, attempt),
    basePort: settleBasePort(request, before ? firstPort(before) : undefined, count, engine, attempt),
    timezone,
  });
  if (before && engine.containers.some(({ cluster: owner, node }) => owner === cluster.name && node !== null)) {
    const problems = describeDifferences(before, cluster);
    if (problems.length > 0) {
      const name = cluster.name;
      throw new RmsxError('conflict', `The cluster ${name} is there, and was made in another way.`, {
        problems,
        hint: `Make it anew, the data is kept: ${rmsxCommand(name, 'down')} && ${rmsxCommand(name, 'up …')}`,
      });
    }
  }
  refuseConflicts(cluster, engine);
  if (existing && JSON.stringify(cluster) === JSON.stringify(existing.cluster)) return existing;
  return { schemaVersion: 1, epoch: (existing?.epoch ?? 0) + 1, cluster };
}

function settleSubnet(request: UpRequest, before: string | undefined, engine: ObservedEngine, attempt: number): string {
  if (request.subnet !== undefined && request.subnet !== 'auto') return request.subnet;
  if (before !== undefined) return before;
  if (request.subnet === undefined) return defaults.subnet;
  const own = engine.networks.find((network) => network.name === networkName(request.name));
  const chosen = own?.subnets[0] ?? chooseSubnet(request.name, engine.networks, attempt);
  if (chosen !== undefined) return chosen;
  throw new RmsxError('conflict', 'Every subnet that rmsx chooses from is taken by another network.', {
    hint: 'Remove networks that nobody needs (docker network prune), or name a subnet: --subnet 10.99.0.0/24',
  });
}

function settleBasePort(
  request: UpRequest,
  before: number | undefined,
  count: number,
  engine: ObservedEngine,
  attempt: number,
): number {
  if (typeof request.basePort === 'number') return request.basePort;
  if (before !== undefined) return before;
  if (request.basePort === undefined) return defaults.basePort;
  return chooseBasePort(request.name, count, engine.containers, attempt);
}
