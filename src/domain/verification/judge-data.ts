import { rmsxCommand } from '../hints.ts';
import { printableKey } from './compare.ts';
import type { DataCompared, KeyDifference } from './evidence.ts';
import type { Subject, Verdict } from './verdict.ts';

/** More of them say nothing more. */
const namedKeys = 3;

/** Whether a node holds what the master holds. */
export function judgeData(seen: DataCompared, { node, evidence }: Subject): Verdict {
  const { master, cluster, keys } = evidence;
  const { compared, differences, inMotion, typesOnly, isSettled } = seen;
  const { name } = node;
  const notes = [
    ...(keys.isComplete ? [] : [`a sample of ${compared}`]),
    ...(inMotion > 0 ? [`not compared, as they changed all the time: ${inMotion}`] : []),
    ...(typesOnly > 0 ? [`compared by type alone, as they are of a module: ${typesOnly}`] : []),
  ];
  const note = notes.length > 0 ? ` (${notes.join('; ')})` : '';
  if (differences.length === 0) {
    return { ok: true, message: `${name} holds the same data as ${master}: ${compared - inMotion} keys${note}` };
  }
  const count = `${differences.length} ${differences.length === 1 ? 'key differs' : 'keys differ'}`;
  if (!isSettled) {
    const message = `${name} has not caught up with ${master}, and ${count} as long: ${named(differences)}${note}`;
    return { ok: false, message, hint: rmsxCommand(cluster.name, 'status') };
  }
  // What restarts with a snapshot goes on where it was.
  const hint =
    cluster.persistence === 'rdb' ? null : `${rmsxCommand(cluster.name, `restart ${name}`)}   # it is copied anew`;
  return {
    ok: false,
    message: `${name} does not hold the data of ${master}, ${count}: ${named(differences)}${note}`,
    hint,
  };
}

function named(differences: readonly KeyDifference[]): string {
  const shown = differences
    .slice(0, namedKeys)
    .map(({ database, key, how }) => `${database === 0 ? '' : `in database ${database} `}${printableKey(key)} ${how}`);
  const more = differences.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
