import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RmsxError } from '../domain/errors.ts';
import { quoteForShell } from '../domain/shell.ts';
import type { ClusterTemplates } from '../render/compose-file.ts';
import type { Template } from '../render/template.ts';

/** The templates of a cluster, by what they are the templates of. */
const templateNames = {
  redisConf: 'redis.conf',
  compose: 'compose.yaml',
  readme: 'cluster-readme.md',
} as const satisfies Record<keyof ClusterTemplates, string>;

/** @returns the text of a file in templates/ */
export const readTemplate = (name: string): Promise<string> =>
  readFile(new URL(`../../templates/${name}`, import.meta.url), 'utf8');

/**
 * Reads the templates of a cluster.
 * @param directory - of the user; what is not in there is taken from the package
 * @throws RmsxError `bad-usage` where the directory is not there or has none of them, `failed` where one cannot be read
 */
export async function readTemplates(directory?: string): Promise<ClusterTemplates> {
  const [redisConf, compose, readme] = await Promise.all([
    readOne(templateNames.redisConf, directory),
    readOne(templateNames.compose, directory),
    readOne(templateNames.readme, directory),
  ]);
  const isOwn = [redisConf, compose, readme].some(({ own }) => own);
  if (directory !== undefined && !isOwn) throw await refuseDirectory(directory);
  return { redisConf: redisConf.template, compose: compose.template, readme: readme.template };
}

async function readOne(name: string, directory: string | undefined): Promise<{ template: Template; own: boolean }> {
  const own = directory === undefined ? undefined : await readOwn(join(directory, name));
  return own ? { template: own, own: true } : { template: { file: name, text: await readTemplate(name) }, own: false };
}

async function readOwn(file: string): Promise<Template | undefined> {
  try {
    const isFile = (await stat(file)).isFile(); // a pipe could be waited for without an end
    if (!isFile) throw unreadable(file, ': it is no file');
    return { file, text: plainText(await readFile(file, 'utf8')) };
  } catch (error) {
    if (error instanceof RmsxError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'it cannot be read';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, ` (${code})`, error);
  }
}

const unreadable = (file: string, why: string, cause?: unknown): RmsxError =>
  new RmsxError('failed', `The template ${file} cannot be read${why}.`, {
    hint: `Check with: ls -ld ${quoteForShell(file)}`,
    cause,
  });

/** Servers do not start on a byte order mark; editors on Windows write one without being asked. */
const plainText = (text: string): string => text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');

async function refuseDirectory(directory: string): Promise<RmsxError> {
  const isDirectory = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const names = Object.values(templateNames).join(', ');
  const message = isDirectory
    ? `--templates: ${directory} has no template in it: none of ${names}.`
    : `--templates: there is no directory ${directory}.`;
  return new RmsxError('bad-usage', message, { hint: `A directory with one of: ${names}` });
}
