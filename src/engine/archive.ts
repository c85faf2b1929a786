import { extract, pack } from 'tar-stream';
import type { ContainerFile, Owner } from '../domain/ports.ts';

/**
 * A tar archive of the files of one directory, to be unpacked at the root of a container. The files come before their
 * directory: the engine makes the parents of a file where they are missing, and those of a directory it does not.
 * @param directory - absolute path in the container
 * @param owner - who owns the files; the directory belongs to root
 */
export async function packDirectory(directory: string, files: readonly ContainerFile[], owner: Owner): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date();
  const root = directory.replace(/^\/+/, '');
  for (const { name, content, mode } of files)
    archive.entry({ name: `${root}/${name}`, mode, mtime, ...owner }, content);
  archive.entry({ name: `${root}/`, type: 'directory', mode: 0o755, mtime });
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Reads the regular files of a tar archive.
 * @param stream - as the engine sends it: one directory, or one file
 * @returns path below the directory -> content; a lone file is under its own name
 * @throws Error when the archive is cut short
 */
export async function unpackFiles(stream: NodeJS.ReadableStream): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const archive = extract();
  stream.on('error', (error) => archive.destroy(error)); // pipe() does not pass errors on
  stream.pipe(archive);
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const name = entry.header.name.replace(/^\.?\//, '');
    const path = name.includes('/') ? name.slice(name.indexOf('/') + 1) : name;
    if (entry.header.type === 'file') files.set(path, Buffer.concat(chunks).toString('utf8'));
  }
  return files;
}
