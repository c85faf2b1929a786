import { RmsxError } from '../../domain/errors.ts';
import { type FileTail, keptFileBytes } from '../../domain/lost-writes/align.ts';
import { aofPlaces, parseManifest } from '../../domain/lost-writes/aof-manifest.ts';
import { AofReader } from '../../domain/lost-writes/aof-reader.ts';
import type { Engine } from '../../domain/ports.ts';

/** The whole file goes through the engine: a larger one would take minutes. */
const limitBytes = 512 * 2 ** 20;
const manifestBytes = 2 ** 20;

/** The end of an append-only file, and how it is written. */
export interface ReadAof {
  readonly file: FileTail;
  /** Several files, as servers write it since 7.0. */
  readonly isOfSeveral: boolean;
}

/**
 * Reads the append-only file in a container, whatever its state.
 * @throws RmsxError where there is none, or it is too large, or the reason of the signal; RangeError where it is broken
 */
export async function readAof(engine: Engine, id: string, signal: AbortSignal): Promise<ReadAof> {
  const manifest = await readManifest(engine, id, signal);
  const paths = manifest?.map(({ file }) => `${aofPlaces.directory}/${file}`) ?? [aofPlaces.file];
  const reader = new AofReader(keptFileBytes);
  let leftBytes = limitBytes;
  for (const path of paths) {
    reader.beginPart();
    for await (const chunk of engine.readFile(id, path, leftBytes)) {
      signal.throwIfAborted();
      leftBytes -= chunk.length;
      reader.take(chunk);
    }
  }
  return { file: reader.end(), isOfSeveral: manifest !== null };
}

async function readManifest(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof parseManifest>> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of engine.readFile(id, aofPlaces.manifest, manifestBytes)) {
      signal.throwIfAborted();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RmsxError && error.reason === 'gone') return null;
    throw error;
  }
  const parts = parseManifest(Buffer.concat(chunks).toString('utf8'));
  if (!parts) throw new RangeError('this is no manifest');
  return parts;
}
