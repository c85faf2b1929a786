import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RmsxError } from '../domain/errors.ts';
import { diskHint } from './disk-hint.ts';
import { isRunning } from './process-owner.ts';

/** A file as it is on the disk. */
export interface FoundFile {
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/** A file as it should be on the disk. */
export interface WantedFile {
  readonly content: string | Buffer;
  /** Permission bits, whatever the umask. */
  readonly mode: number;
  /** Its time of modification, in seconds since 1970. @default now */
  readonly stampSeconds?: number;
}

/** The flag that names another place, for hints. */
const usualFlag = '--out DIR';

const noFollow = constants.O_NOFOLLOW ?? 0; // not on Windows

/**
 * Reads a file below a directory.
 * @param path - below the directory, with `/`
 * @param flag - names another place, for hints
 * @returns undefined where it is not there
 * @throws RmsxError `conflict` where it, or a directory on the way to it, is a symbolic link or something else
 */
export async function readBelow(
  directory: string,
  path: string,
  flag: string = usualFlag,
): Promise<FoundFile | undefined> {
  if (!(await isThere(directory, path, 'file', flag))) return undefined;
  const read = async (): Promise<FoundFile> => {
    const file = await open(join(directory, path), constants.O_RDONLY | noFollow);
    try {
      return { content: await file.readFile(), mode: (await file.stat()).mode & 0o7777 };
    } finally {
      await file.close();
    }
  };
  return onDisk(join(directory, path), read, flag);
}

/** @returns whether there is such a file or directory; throws where there is something else, see `readBelow` */
export async function isThere(
  directory: string,
  path: string,
  kind: 'file' | 'directory',
  flag: string = usualFlag,
): Promise<boolean> {
  const parts = path.split('/');
  for (const [i] of parts.entries()) {
    const part = parts.slice(0, i + 1).join('/');
    const found = await lstatOrNothing(join(directory, part), flag);
    if (!found) return false;
    const wanted = i + 1 < parts.length ? 'directory' : kind;
    if (found.isSymbolicLink()) throw inTheWay(join(directory, part), 'a symbolic link, which is never followed', flag);
    if (!(wanted === 'file' ? found.isFile() : found.isDirectory())) {
      throw inTheWay(join(directory, part), `not a ${wanted}`, flag);
    }
  }
  return true;
}

function inTheWay(path: string, what: string, flag: string): RmsxError {
  return new RmsxError('conflict', `${path} is ${what}.`, {
    hint: `Move it away, or name another directory: ${flag}`,
  });
}

async function lstatOrNothing(path: string, flag: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  const look = (): ReturnType<typeof lstatOrNothing> =>
    lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  return onDisk(path, look, flag);
}

/**
 * Makes a directory with exactly this mode, or gives it to the one that is there.
 * @returns the directories that were not there, from the top down
 */
export async function makeDirectory(path: string, mode: number, flag: string = usualFlag): Promise<readonly string[]> {
  const make = async (): Promise<readonly string[]> => {
    const made = await makeAll(path);
    const { mode: now } = await lstat(path);
    if ((now & 0o7777) !== mode) await chmod(path, mode);
    return made;
  };
  return onDisk(path, make, flag);
}

/** Node's own `recursive` never ends below /proc, where making a directory fails as if the one above were missing. */
async function makeAll(path: string): Promise<readonly string[]> {
  try {
    await mkdir(path);
    return [path];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return [];
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw error;
    const made = await makeAll(above);
    if (made.length === 0) throw error; // it is there, and takes no directory
    await mkdir(path);
    return [...made, path];
  }
}

/** A file that is complete and on the disk, beside the one that it is to replace. */
interface StagedFile {
  /** Puts it into its place, all at once. */
  commit(): Promise<void>;
  /** Takes it away again. */
  discard(): Promise<void>;
}

/** Writes a file beside its place. Nobody meets half of it, and a link in its place is replaced, not followed. */
async function stageFile(path: string, { content, mode, stampSeconds }: WantedFile, flag: string): Promise<StagedFile> {
  const staged = join(dirname(path), `.rmsx-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  const discard = (): Promise<void> => rm(staged, { force: true });
  const write = async (): Promise<void> => {
    const file = await open(staged, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, 0o600);
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      if (stampSeconds !== undefined) await file.utimes(stampSeconds, stampSeconds);
      await file.sync();
    } catch (error) {
      await discard();
      throw error;
    } finally {
      await file.close();
    }
  };
  await onDisk(path, write, flag);
  return { commit: () => onDisk(path, () => rename(staged, path), flag), discard };
}

/** Removes what runs that were killed have left in a directory; another one may be at work in it just now. */
export async function removeStale(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const [, pid] = /^\.rmsx-(\d+)-[0-9a-f]{12}\.tmp$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(directory, name), { force: true });
  }
}

/**
 * First everything is written beside its place; only then is anything replaced, in the order that is given.
 * @param files - with their paths below the directory
 * @param flag - names another place, for hints
 */
export async function replaceTogether(
  directory: string,
  files: readonly (WantedFile & { readonly path: string })[],
  flag: string = usualFlag,
): Promise<void> {
  const staged: StagedFile[] = [];
  try {
    for (const file of files) staged.push(await stageFile(join(directory, file.path), file, flag));
    for (const file of staged) await file.commit();
  } finally {
    for (const file of staged) await file.discard(); // of no effect on what is in its place
  }
  const touched = new Set(files.map((file) => dirname(join(directory, file.path))));
  for (const path of touched) await onDisk(path, () => syncDirectory(path), flag);
}

/** Makes what was renamed in a directory survive a crash of the machine. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return; // directories cannot be opened there
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** @throws RmsxError `failed` that names the path and the reason, for whatever the disk refuses */
export async function onDisk<T>(path: string, work: () => Promise<T>, flag: string = usualFlag): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = error as NodeJS.ErrnoException;
    const { code } = refusal;
    if (error instanceof RmsxError || code === undefined) throw error;
    throw new RmsxError('failed', `${path} cannot be read or written (${code}).`, {
      hint: diskHint(refusal, path, flag),
      cause: error,
      reason: code,
    });
  }
}
