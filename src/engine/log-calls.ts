import type { IncomingMessage } from 'node:http';
import type { LogLine, LogOptions } from '../domain/log-line.ts';
import type { Engine } from '../domain/ports.ts';
import { toEngineError } from './docker-errors.ts';
import { LogLineReader, toUnixSeconds } from './log-lines.ts';
import { short, type Wire } from './wire.ts';

/** Logs as streams: dockerode gives a log that ends as one piece, whatever its length. */
export const logCalls = (wire: Wire): Pick<Engine, 'readLog'> => ({
  readLog: (id, options = {}) => readLog(wire, id, options),
});

async function* readLog(wire: Wire, id: string, options: LogOptions): AsyncGenerator<readonly LogLine[]> {
  const what = `read the log of ${short(id)}`;
  const release = reserveConnection(wire);
  let stream: IncomingMessage | undefined;
  try {
    stream = await wire.look(what, () => openLog(wire, id, options));
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const reader = new LogLineReader();
    for (;;) {
      // A log that is followed may say nothing for days.
      const next = options.follow
        ? await untilStopped(wire, what, () => pieces.next(), options.signal)
        : await wire.look(what, () => pieces.next());
      if (next === undefined) return;
      const lines = await wire.look(what, async () => (next.done ? reader.end() : reader.take(next.value)));
      if (lines.length > 0) yield lines;
      if (next.done) return;
    }
  } finally {
    stream?.destroy();
    release();
  }
}

/** Every log that is open holds a connection; the rest of the work must not wait for one of the few that ssh allows. */
function reserveConnection({ agent }: Wire): () => void {
  agent.maxSockets += 1;
  return () => {
    agent.maxSockets -= 1;
  };
}

function openLog({ docker }: Wire, id: string, { since, tail, follow = false }: LogOptions): Promise<IncomingMessage> {
  const query = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    ...(since === undefined ? {} : { since: toUnixSeconds(since) }),
    ...(tail === undefined ? {} : { tail }),
  };
  const request = {
    path: `/containers/${id}/logs?`,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    options: query,
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, reply: unknown) => {
      if (error) reject(error);
      else resolve(reply as IncomingMessage);
    });
  });
}

/**
 * Waits without a deadline: for as long as nobody stops it, an open connection keeps the process alive.
 * @returns undefined where the reader has had enough
 * @throws RmsxError the reason of the signal of the command
 */
async function untilStopped<T>(
  { signal, url }: Wire,
  what: string,
  work: () => Promise<T>,
  enough?: AbortSignal,
): Promise<T | undefined> {
  let stop = (): void => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    for (const each of [signal, enough]) each?.addEventListener('abort', stop, { once: true });
    if (signal.aborted || enough?.aborted) stop();
  });
  try {
    const result = await Promise.race([work(), stopped]);
    signal.throwIfAborted();
    return result;
  } catch (error) {
    throw signal.aborted ? signal.reason : toEngineError(what, url, error);
  } finally {
    for (const each of [signal, enough]) each?.removeEventListener('abort', stop);
  }
}
