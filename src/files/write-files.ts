import { chmod, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { RmsxError } from '../domain/errors.ts';
import { nodesDirectory, type RenderedFile } from '../render/compose-file.ts';
import { hashOf, type Manifest, manifestPath, parseManifest, serializeManifest } from './manifest.ts';
import {
  type FoundFile,
  makeDirectory,
  onDisk,
  readBelow,
  removeStale,
  replaceTogether,
  type WantedFile,
} from './safe-files.ts';

/** What became of a file. */
export interface WrittenFile {
  /** Below the directory, with `/`. */
  readonly path: string;
  /** Permission bits; null where the file is gone, or was left as it is. */
  readonly mode: number | null;
  /** `kept`: nothing wants it any more, but somebody edited it. `would-…`: of a dry run. */
  readonly state: 'written' | 'unchanged' | 'removed' | 'kept' | 'would-write' | 'would-remove';
}

/** How files are written. */
export interface WriteOptions {
  /** Replaces edited files too; what was there is kept as `FILE.orig`. */
  readonly force: boolean;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Path -> content that rmsx itself has written since, and that may be replaced. */
  readonly known: ReadonlyMap<string, string>;
}

/** The way to the secrets is closed to everybody else; the parts of it are open, for the servers in the containers. */
const modeOfNodes = 0o700;
const modeOfOthers = 0o755;

interface Change {
  readonly file: RenderedFile;
  readonly found: FoundFile | undefined;
  /** What is there is what is wanted. */
  readonly isSame: boolean;
  /** What is there is neither what is wanted nor what was rendered. */
  readonly isEdited: boolean;
}

/**
 * Makes a directory hold these files: all of them, or none. What was rendered earlier and is not wanted any more goes.
 * Symbolic links below the directory are never followed.
 * @throws RmsxError `conflict` that lists every file that somebody changed since it was rendered, or that rmsx did not
 * render; `failed` where the disk refuses. Nothing is written then
 */
export async function writeFiles(
  directory: string,
  files: readonly RenderedFile[],
  { force, dryRun, known }: WriteOptions,
): Promise<readonly WrittenFile[]> {
  const manifest = parseManifest((await readBelow(directory, manifestPath))?.content.toString('utf8') ?? '');
  const isOurs = (path: string, content: Buffer): boolean =>
    manifest.get(path) === hashOf(content) || known.get(path) === content.toString('utf8');
  const changes: Change[] = [];
  for (const file of files) {
    const found = await readBelow(directory, file.path);
    const isSame = found?.content.equals(Buffer.from(file.content)) ?? false;
    changes.push({
      file,
      found,
      isSame,
      isEdited: found !== undefined && !isSame && !isOurs(file.path, found.content),
    });
  }
  const edited = changes.filter((change) => change.isEdited);
  if (edited.length > 0 && !force) throw refuseEdited(directory, edited, manifest);
  const obsolete = await findObsolete(directory, files, manifest, isOurs);
  if (!dryRun) {
    const made = await makeDirectories(directory, files);
    for (const path of new Set(files.map((file) => dirname(join(directory, file.path))))) await removeStale(path);
    try {
      await replaceAll(directory, changes, nextManifest(files, obsolete, manifest));
    } catch (error) {
      for (const path of made.reverse()) await rmdir(path).catch(() => undefined); // it is not empty: others use it
      throw error;
    }
    await removeAll(directory, obsolete);
  }
  const states = changes.map(({ file: { path, mode }, isSame }): WrittenFile => {
    return { path, mode, state: isSame ? 'unchanged' : 'written' };
  });
  const all = [...states, ...obsolete];
  return dryRun ? all.map((file) => ({ ...file, state: planned[file.state] ?? file.state })) : all;
}

const planned: Partial<Record<WrittenFile['state'], WrittenFile['state']>> = {
  written: 'would-write',
  removed: 'would-remove',
};

function refuseEdited(directory: string, edited: readonly Change[], manifest: Manifest): RmsxError {
  const problems = edited.map(({ file: { path } }) => {
    if (!manifest.has(path)) return `${path} is there, and rmsx did not render it`;
    return `${path} was changed since it was rendered`;
  });
  return new RmsxError('conflict', `Nothing was written: ${directory} has files that would be lost.`, {
    problems,
    hint: `Render to another directory: --out DIR   or replace them, each is kept as FILE.orig: --force`,
    reason: 'edited-files',
  });
}

/** What an earlier run rendered and this one does not. */
async function findObsolete(
  directory: string,
  files: readonly RenderedFile[],
  manifest: Manifest,
  isOurs: (path: string, content: Buffer) => boolean,
): Promise<readonly WrittenFile[]> {
  const wanted = new Set(files.map(({ path }) => path));
  const obsolete: WrittenFile[] = [];
  for (const path of manifest.keys()) {
    if (wanted.has(path)) continue;
    const found = await readBelow(directory, path);
    if (found) obsolete.push({ path, mode: null, state: isOurs(path, found.content) ? 'removed' : 'kept' });
  }
  return obsolete;
}

function nextManifest(files: readonly RenderedFile[], obsolete: readonly WrittenFile[], manifest: Manifest): Manifest {
  const kept = obsolete
    .filter(({ state }) => state === 'kept')
    .map(({ path }) => [path, manifest.get(path) ?? ''] as const);
  return new Map([...files.map(({ path, content }) => [path, hashOf(content)] as const), ...kept]);
}

/**
 * The directory itself keeps its mode where it is there; a new one is not writable for others, whatever the umask.
 * @returns those that were not there
 */
async function makeDirectories(directory: string, files: readonly RenderedFile[]): Promise<string[]> {
  const made: string[] = [];
  const make = async (path: string, mode: number): Promise<void> => {
    made.push(...(await makeDirectory(path, mode)));
  };
  if (await isMissing(directory)) await make(directory, modeOfOthers);
  const parents = new Set([nodesDirectory, ...files.map(({ path }) => posix.dirname(path))]);
  for (const path of [...parents].filter((parent) => parent !== '.').sort()) {
    await make(join(directory, path), path === nodesDirectory ? modeOfNodes : modeOfOthers);
  }
  return made;
}

/** A link may lead to the directory itself. */
const isMissing = (directory: string): Promise<boolean> =>
  stat(directory).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );

/** The manifest comes last. */
async function replaceAll(directory: string, changes: readonly Change[], manifest: Manifest): Promise<void> {
  const wanted = changes
    .filter(({ isSame }) => !isSame)
    .flatMap(({ file, found, isEdited }): (WantedFile & { path: string })[] => [
      ...(isEdited && found ? [{ ...found, path: `${file.path}.orig` }] : []),
      file,
    ]);
  const text = serializeManifest(manifest);
  if ((await readBelow(directory, manifestPath))?.content.toString('utf8') !== text) {
    wanted.push({ path: manifestPath, content: text, mode: 0o600 });
  }
  await replaceTogether(directory, wanted);
  for (const { file, found } of changes.filter(({ isSame, file, found }) => isSame && found?.mode !== file.mode)) {
    if (found) await onDisk(file.path, () => chmod(join(directory, file.path), file.mode));
  }
}

/** Directories go with their last file. */
async function removeAll(directory: string, obsolete: readonly WrittenFile[]): Promise<void> {
  const files = obsolete.filter(({ state }) => state === 'removed');
  for (const { path } of files) await onDisk(path, () => rm(join(directory, path), { force: true }));
  for (const path of new Set(files.map((file) => posix.dirname(file.path)))) {
    if (path !== '.') await rmdir(join(directory, path)).catch(() => undefined); // somebody else has files in it
  }
}
