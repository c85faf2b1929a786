import { basename, dirname } from 'node:path';
import { RmsxError } from '../domain/errors.ts';
import { readBelow, removeStale, replaceTogether } from './safe-files.ts';

/** Names another place, for hints. */
const flag = '--save-lost FILE';

/** Lost writes in the two forms in which they are saved. */
export interface LostFile {
  /** For `redis-cli --pipe`. */
  readonly pipe: Buffer;
  /** For people. */
  readonly text: string;
}

/**
 * Saves lost writes, readable by the owner alone: `FILE` and `FILE.txt`, both or none. A file that is there is never
 * replaced by another one: it may hold what an earlier run has saved.
 * @throws RmsxError `conflict` where another file is in the way, `failed` where the disk refuses
 */
export async function writeLost(path: string, { pipe, text }: LostFile): Promise<void> {
  const directory = dirname(path);
  const files = [
    { path: basename(path), content: pipe, mode: 0o600 },
    { path: `${basename(path)}.txt`, content: Buffer.from(text), mode: 0o600 },
  ];
  for (const file of files) {
    const found = await readBelow(directory, file.path, flag);
    if (found && !found.content.equals(file.content)) throw inTheWay(directory, file.path);
  }
  await removeStale(directory);
  await replaceTogether(directory, files, flag);
}

const inTheWay = (directory: string, file: string): RmsxError =>
  new RmsxError('conflict', `${directory}/${file} is there already, and may hold writes that were saved before.`, {
    hint: `Name another file: ${flag}`,
  });
