import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { defaultFileName, maxFileLength } from '../config/rmsx-file/limits.ts';
import { RmsxError } from '../domain/errors.ts';
import { quoteForShell } from '../domain/shell.ts';
import { diskHint } from './disk-hint.ts';
import { readStart } from './read-start.ts';

/** More bytes than that are more characters than the parser takes. */
const mostBytes = 4 * maxFileLength;

/** The text of rmsx.yaml, and where it is from. */
export interface RmsxFileText {
  readonly text: string;
  /** As messages call it: the path as it is given, `rmsx.yaml`, or `<stdin>`. */
  readonly fileName: string;
  /** What paths in the file are relative to; absolute. */
  readonly directory: string;
}

/**
 * Reads rmsx.yaml; no more of it than a file can have, as it may be a device that never ends.
 * @param path - `-` is standard input; undefined is ./rmsx.yaml, where that is there
 * @param signal - ends the waiting for a pipe
 * @param cwd - what the path is relative to
 * @returns undefined where no file is named and none is there
 * @throws RmsxError `bad-usage` where a file cannot be read, or that of the signal
 */
export async function readRmsxFile(
  path: string | undefined,
  signal: AbortSignal,
  cwd: string = process.cwd(),
): Promise<RmsxFileText | undefined> {
  try {
    const file = path === '-' ? path : resolve(cwd, path ?? defaultFileName);
    const text = (await readStart(file, mostBytes, signal)).toString('utf8');
    if (path === '-') return { text, fileName: '<stdin>', directory: cwd };
    return { text, fileName: path ?? defaultFileName, directory: dirname(file) };
  } catch (error) {
    if (error instanceof RmsxError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (path === undefined && code === 'ENOENT') return undefined;
    const what = path === undefined ? defaultFileName : `--file: ${path}`;
    const name = quoteForShell(path ?? defaultFileName);
    throw new RmsxError('bad-usage', `${what} cannot be read (${code}).`, {
      hint: code === 'ENOENT' ? `Write one with: rmsx init --out ${name}` : `Check with: ls -l ${name}`,
      cause: error,
    });
  }
}

/**
 * Writes a new rmsx.yaml: either all of it is there afterwards, or nothing is changed. A symbolic link is never followed.
 * @param options.force - replace a file that is there
 * @throws RmsxError `conflict` where something is there, `failed` where the file cannot be written
 */
export async function writeRmsxFile(path: string, text: string, { force }: { readonly force: boolean }): Promise<void> {
  const isThere = await lstat(path).catch(() => undefined); // what is wrong with the path, writing will tell
  if (isThere && !isThere.isFile()) {
    const what = isThere.isSymbolicLink() ? 'a symbolic link' : 'no file';
    throw new RmsxError('conflict', `${path} is ${what}: nothing is written.`, {
      hint: 'Name another file with --out.',
    });
  }
  try {
    if (force) await replace(path, text);
    else await writeNew(path, text);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new RmsxError('conflict', `${path} is there already.`, { hint: 'Replace it with --force.', cause: error });
    }
    throw new RmsxError('failed', `${path} cannot be written (${code}).`, {
      hint: diskHint(error as NodeJS.ErrnoException, path, '--out FILE'),
      cause: error,
    });
  }
}

async function replace(path: string, text: string): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  await writeNew(unfinished, text);
  try {
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** `wx` makes the file or fails: neither another file nor a link is ever written to. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
