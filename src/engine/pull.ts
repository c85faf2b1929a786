import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { RmsxError, retold } from '../domain/errors.ts';
import type { PullProgress } from '../domain/ports.ts';
import { withDeadline } from './deadline.ts';
import { toEngineError } from './docker-errors.ts';
import { readPull } from './pull-stream.ts';
import { strangeReply } from './wire.ts';

/** What a pull needs. */
export interface PullWire {
  readonly docker: Docker;
  /** The engine, for messages. */
  readonly endpoint: string;
  /** Ends it; the engine may go on by itself. */
  readonly signal: AbortSignal;
  /** A registry that says nothing for this long has gone away. @default 60 s */
  readonly silenceMs?: number;
  /** How long the first pause before another try is, on average; each one is twice as long. @default 1 s */
  readonly pauseMs?: number;
}

/** How often a registry that is busy or slow is asked again. */
const retries = 3;

/** The registry has no such image, has none for this machine, or does not give it to us. */
const notThere =
  /manifest unknown|manifest for .* not found|no such image|no matching manifest|not found: does not exist|failed to resolve reference .* not found|pull access denied|access to the resource is denied|unauthorized|authentication required/i;

/** What passes: too many requests, a registry or a proxy in trouble, a slow or broken line. */
const passing =
  /toomanyrequests|too many requests|\b(429|50[0234])\b|timeout|timed out|deadline exceeded|connection reset|unexpected EOF|temporary failure|server misbehaving|bad gateway|service unavailable/i;

/**
 * Pulls an image and reads the stream to its real end: an `error` line in it is a failure, which docker-modem's
 * followProgress reports as success. What passes is tried again, and the image must be there
 * afterwards.
 * @param tell - told how far it is
 * @throws RmsxError `image-missing` where there is no such image, `failed`, or the reason of the signal
 */
export async function pullImage(
  wire: PullWire,
  image: string,
  tell: (progress: PullProgress) => void = () => undefined,
): Promise<void> {
  const { pauseMs = 1000, signal } = wire;
  for (let attempt = 0; ; attempt++) {
    try {
      return await pullOnce(wire, image, tell);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const translated = toEngineError(`pull ${image}`, wire.endpoint, error);
      if (translated.code === 'engine-unreachable' || ['not-there', 'tls'].includes(translated.reason ?? ''))
        throw translated;
      const mayPass = translated.code === 'timeout' || passing.test(translated.message);
      if (!mayPass || attempt >= retries || notThere.test(translated.message)) throw explained(image, translated);
      // Whoever was turned away together must not come back together.
      const pausedMs = pauseMs * 2 ** attempt * (0.5 + Math.random());
      await setTimeout(pausedMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

async function pullOnce(
  { docker, signal, silenceMs = 60_000 }: PullWire,
  image: string,
  tell: (progress: PullProgress) => void,
): Promise<void> {
  const bounded = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted(); // between two calls nobody listens to it
    return withDeadline(what, silenceMs, work, signal);
  };
  const stream = await bounded(`pull ${image}`, () => docker.pull(withTag(image)));
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>;
  await readPull(() => bounded(`go on pulling ${image}`, () => chunks.next()), tell);
  try {
    const { Id } = await bounded(`look at image ${image}`, () => docker.getImage(image).inspect());
    if (typeof Id !== 'string') throw strangeReply();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    throw new RmsxError('image-missing', `The engine says that it has pulled ${image}, and it is not there.`, {
      hint: `docker pull ${image}`,
      reason: 'not-there',
      cause: error,
    });
  }
}

/** Without a tag the engine would pull every tag that there is. */
const withTag = (image: string): string => (/[:@][^/]+$/.test(image) ? image : `${image}:latest`);

function explained(image: string, error: RmsxError): RmsxError {
  const message = `Image ${image} is not here, and pulling it failed: ${error.message}`;
  if (error.code === 'bad-spec') return retold(error, message, { hint: 'Write it as docker does: --image NAME:TAG' });
  const isMissing = notThere.test(error.message) || error.code === 'image-missing' || error.reason === 'gone';
  const load = 'Name an image that is here (docker images), or load one: docker load -i FILE. Then: --image NAME';
  return new RmsxError(isMissing ? 'image-missing' : 'failed', message, {
    hint: isMissing ? load : `Try by hand: docker pull ${image}\n${load}`,
    cause: error,
  });
}
