import type { ClusterSpec, Persistence } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { ObservedEngine } from '../domain/observed.ts';

const keptAs: Readonly<Record<Exclude<Persistence, 'none'>, string>> = {
  aof: 'append-only files',
  rdb: 'snapshots',
};

/**
 * A server reads append-only files or a snapshot, and never what the other kind of persistence left: it would start empty
 * beside its own data (`loadDataFromDisk` in Redis's src/server.c).
 * @throws RmsxError `unsafe` where volumes hold data that would not be read
 */
export function refuseOtherPersistence(before: ClusterSpec, after: ClusterSpec, engine: ObservedEngine): void {
  if (before.persistence === after.persistence || before.persistence === 'none') return;
  const { name } = after;
  const holders = engine.volumes.filter(({ cluster, purpose }) => cluster === name && purpose === 'data');
  if (holders.length === 0) return;
  const volumes = holders.length === 1 ? 'a volume' : `${holders.length} volumes`;
  throw new RmsxError(
    'unsafe',
    `The data of ${name} is in ${keptAs[before.persistence]} on ${volumes}, ${unread(after.persistence)}.`,
    {
      hint: `Keep persistence ${before.persistence}   or begin anew without the data: ${rmsxCommand(name, 'down --volumes')}`,
    },
  );
}

/**
 * The same for files that Docker Compose runs: whether it has volumes for them, nobody asks.
 * @throws RmsxError `unsafe`
 */
export function refuseRenderingOther(before: ClusterSpec, after: ClusterSpec): void {
  if (before.persistence === after.persistence || before.persistence === 'none') return;
  const what = `What Docker Compose ran from these files kept its data in ${keptAs[before.persistence]}`;
  throw new RmsxError('unsafe', `${what}, ${unread(after.persistence)}.`, {
    hint: `Keep persistence ${before.persistence}   or, where no data is: --force, after docker compose down --volumes`,
  });
}

const unread = (persistence: Persistence): string =>
  `which servers with persistence ${persistence} do not read: they would start empty`;
