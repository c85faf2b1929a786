import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { compareNodeNames } from '../domain/names.ts';
import { nodesDirectory } from '../render/compose-file.ts';
import { readConf } from '../render/conf-directory.ts';
import { isThere, onDisk, readBelow } from './safe-files.ts';

/**
 * The password that an earlier run rendered into a directory.
 * @returns undefined where there is none: rendered for the first time, or what is there was never finished
 */
export async function readRenderedPassword(directory: string): Promise<string | undefined> {
  if (!(await isThere(directory, nodesDirectory, 'directory'))) return undefined;
  const nodes = join(directory, nodesDirectory);
  const entries = await onDisk(nodes, () => readdir(nodes, { withFileTypes: true }));
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names.sort(compareNodeNames)) {
    const file = await readBelow(directory, posix.join(nodesDirectory, name, 'redis.conf'));
    const conf = file && readConf(new Map([['redis.conf', file.content.toString('utf8')]]));
    if (conf) return conf.password;
  }
  return undefined;
}
