import { lstat, readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { RmsxError } from '../domain/errors.ts';
import { compareNodeNames } from '../domain/names.ts';
import type { NodeConf } from '../domain/observed.ts';
import { nodesDirectory } from '../render/compose-file.ts';
import { confFileNames, readConf } from '../render/conf-directory.ts';
import { manifestPath } from './manifest.ts';
import { isThere, onDisk, readBelow } from './safe-files.ts';

/**
 * What an earlier run rendered into a directory, and promotions have written there since.
 * @returns node -> its conf, in the order of nodes; nothing where there is none, or where it was never finished
 * @throws RmsxError `bad-usage` where the directory is a file, `conflict` as `readBelow`, `failed` where the disk refuses
 */
export async function readRendered(directory: string): Promise<ReadonlyMap<string, NodeConf>> {
  await refuseFile(directory);
  const confs = new Map<string, NodeConf>();
  if (!(await isThere(directory, nodesDirectory, 'directory'))) return confs;
  const nodes = join(directory, nodesDirectory);
  const entries = await onDisk(nodes, () => readdir(nodes, { withFileTypes: true }));
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names.sort(compareNodeNames)) {
    const files = new Map<string, string>();
    for (const file of confFileNames) {
      const found = await readBelow(directory, posix.join(nodesDirectory, name, file));
      if (found) files.set(file, found.content.toString('utf8'));
    }
    const conf = readConf(files);
    if (conf) confs.set(name, conf);
  }
  return confs;
}

/** @returns where the files of a cluster are when nobody says it: here, or in a directory of its name */
export const usualDirectory = async (name: string): Promise<string> => ((await isRendered('.')) ? '.' : `./${name}`);

/** What cannot be looked at is told by what reads it. */
async function refuseFile(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (!found || found.isDirectory()) return;
  throw new RmsxError('bad-usage', `--out: ${directory} is not a directory, and render writes one.`, {
    hint: 'Name another place: --out DIR',
  });
}

/** @returns whether rmsx has rendered a cluster into a directory; never throws, as other things may have our names */
export const isRendered = (directory: string): Promise<boolean> =>
  lstat(join(directory, manifestPath)).then(
    (found) => found.isFile(),
    () => false,
  );
