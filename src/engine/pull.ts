import type Docker from 'dockerode';
import { RmsxError } from '../domain/errors.ts';
import { withDeadline } from './deadline.ts';
import { toEngineError } from './docker-errors.ts';

/** A registry that says nothing for this long has gone away. */
const silenceMs = 60_000;

/**
 * Pulls an image and reads the stream to its real end: an `error` line in it is a failure, which docker-modem's
 * followProgress reports as success (reliability.md E3).
 * @param signal - ends it; the engine may go on by itself
 * @throws RmsxError `image-missing`, or the reason of the signal
 */
export async function pullImage(docker: Docker, image: string, endpoint: string, signal: AbortSignal): Promise<void> {
  const hint = 'Name an image that is here (docker images), or load one: docker load -i FILE. Then: --image NAME';
  try {
    const stream = await withDeadline(`pull ${image}`, silenceMs, () => docker.pull(image), signal);
    let rest = '';
    const chunks = stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await withDeadline(`go on pulling ${image}`, silenceMs, () => chunks.next(), signal);
      if (next.done) break;
      rest += String(next.value);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(throwOnErrorLine);
    }
    throwOnErrorLine(rest);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const translated = toEngineError(`pull ${image}`, endpoint, error);
    if (translated.code === 'engine-unreachable' || translated.reason === 'tls') throw translated;
    throw new RmsxError('image-missing', `Image ${image} is not here, and pulling it failed: ${translated.message}`, {
      hint,
      cause: error,
    });
  }
}

function throwOnErrorLine(line: string): void {
  if (line.trim() === '') return;
  const { error } = JSON.parse(line) as { error?: string };
  if (error) throw new Error(error);
}
