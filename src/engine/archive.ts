import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import type { Directory, Owner } from '../domain/ports.ts';

/**
 * A tar archive of some directories and their files, to be unpacked at the root of a container. The files come before
 * their directory: the engine makes the parents of a file where they are missing, and those of a directory it does not.
 * @param owner - who owns the files; the directories belong to root
 */
export async function packDirectories(directories: readonly Directory[], owner: Owner): Promise<Buffer> {
  const archive = pack();
  const now = new Date();
  for (const { path, files, isThere } of directories) {
    const root = path.replace(/^\/+/, '');
    for (const { name, content, mode, stampSeconds } of files) {
      const mtime = stampSeconds === undefined ? now : new Date(stampSeconds * 1000);
      archive.entry({ name: `${root}/${name}`, mode, mtime, ...owner }, content);
    }
    if (!isThere) archive.entry({ name: `${root}/`, type: 'directory', mode: 0o755, mtime: now });
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Reads the regular files of a tar archive.
 * @param stream - as the engine sends it: one directory, or one file
 * @returns path below the directory -> content; a lone file is under its own name
 * @throws Error when the archive is cut short, and RangeError where there is none
 */
export async function unpackFiles(stream: NodeJS.ReadableStream): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const archive = extract();
  let isEmpty = true; // what is asked for is in it at least, be it an empty directory
  archive.on('entry', (header, entry, next) => {
    isEmpty = false;
    const name = header.name.replace(/^\.?\//, '');
    const path = name.includes('/') ? name.slice(name.indexOf('/') + 1) : name;
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => {
      if (header.type === 'file') files.set(path, Buffer.concat(chunks).toString('utf8'));
      next();
    });
  });
  await pipeline(stream, archive);
  if (isEmpty) throw new RangeError('this is no archive');
  return files;
}
