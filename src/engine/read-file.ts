import { extract } from 'tar-stream';
import { RmsxError } from '../domain/errors.ts';
import { formatBytes } from '../domain/quantities.ts';
import { short, strangeReply, type Wire } from './wire.ts';

/** Reads one file of a container as it comes: the engine hands it out as an archive that holds it alone. */
export async function* readFile(wire: Wire, id: string, path: string, limitBytes: number): AsyncGenerator<Buffer> {
  const what = `read ${path} of ${short(id)}`;
  const archive = await wire.look(what, () => wire.docker.getContainer(id).getArchive({ path }));
  try {
    const { sizeBytes, content } = await wire.look(what, () => firstFile(archive));
    if (sizeBytes > limitBytes) throw tooLarge(path, sizeBytes, limitBytes);
    const pieces = content[Symbol.asyncIterator]();
    let leftBytes = sizeBytes;
    for (;;) {
      const piece = await wire.look(what, () => pieces.next());
      if (piece.done) break;
      leftBytes -= piece.value.length;
      yield piece.value;
    }
    if (leftBytes > 0) throw strangeReply(what);
  } finally {
    (archive as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
}

interface FoundFile {
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Buffer>;
}

function firstFile(stream: NodeJS.ReadableStream): Promise<FoundFile> {
  return new Promise((resolve, reject) => {
    const archive = extract();
    archive.on('entry', ({ type, size = 0 }, entry, next) => {
      if (type !== 'file') {
        entry.resume();
        next();
        return;
      }
      entry.on('end', next);
      for (const each of [stream, archive]) each.on('error', (error: Error) => entry.destroy(error));
      stream.on('close', () => entry.destroy()); // of no effect on what has come to its end
      resolve({ sizeBytes: size, content: entry as unknown as AsyncIterable<Buffer> });
    });
    archive.on('finish', () => reject(strangeReply()));
    archive.on('error', reject);
    stream.on('error', reject);
    stream.pipe(archive);
  });
}

const tooLarge = (path: string, sizeBytes: number, limitBytes: number): RmsxError =>
  new RmsxError(
    'failed',
    `${path} has ${formatBytes(sizeBytes)}, and no more than ${formatBytes(limitBytes)} are read.`,
    {
      reason: 'too-large',
    },
  );
