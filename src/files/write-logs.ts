import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RmsxError } from '../domain/errors.ts';
import { makeDirectory, readBelow, removeStale, replaceTogether } from './safe-files.ts';

/** The log of a node, line by line. */
export interface NodeLog {
  readonly node: string;
  readonly lines: readonly string[];
}

/** Names another place, for hints. */
const flag = '--export DIR';

/** The first line of every file: an earlier export of the same node may be replaced, and nothing else. */
const headline = (cluster: string, node: string): string => `# The log of ${node} of ${cluster}, exported by rmsx.\n`;
const anyHeadline = (node: string): RegExp => new RegExp(`^# The log of ${node} of [a-z0-9_-]+, exported by rmsx\\.\n`);

/**
 * Writes `NODE.log` for each node into a directory, readable by the owner alone: all of them, or none.
 * @param replaceAny - whether an earlier export of another cluster is replaced, too
 * @throws RmsxError `conflict` where a file is there that is none of an earlier export of that node, `failed` where the
 * disk refuses. Nothing is written then
 */
export async function writeLogs(
  directory: string,
  cluster: string,
  logs: readonly NodeLog[],
  replaceAny = false,
): Promise<void> {
  const isOurs = (node: string, content: string): boolean =>
    replaceAny ? anyHeadline(node).test(content) : content.startsWith(headline(cluster, node));
  await refuseForeign(directory, cluster, logs, isOurs);
  if (await isMissing(directory)) await makeDirectory(directory, 0o700, flag);
  await removeStale(directory);
  const files = logs.map(({ node, lines }) => {
    const content = headline(cluster, node) + lines.map((line) => `${line}\n`).join('');
    return { path: `${node}.log`, content, mode: 0o600 };
  });
  await replaceTogether(directory, files, flag);
}

async function refuseForeign(
  directory: string,
  cluster: string,
  logs: readonly NodeLog[],
  isOurs: (node: string, content: string) => boolean,
): Promise<void> {
  const problems: string[] = [];
  for (const { node } of logs) {
    const found = await readBelow(directory, `${node}.log`, flag);
    if (found !== undefined && !isOurs(node, `${found.content}`))
      problems.push(`${join(directory, `${node}.log`)} is there, and is no export of ${node} of ${cluster}`);
  }
  if (problems.length === 0) return;
  throw new RmsxError('conflict', `Nothing was written: ${directory} has files that would be lost.`, {
    problems,
    hint: `Name another directory: ${flag}`,
    reason: 'foreign-files',
  });
}

const isMissing = (directory: string): Promise<boolean> =>
  stat(directory).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
