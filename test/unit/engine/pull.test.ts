import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { pullImage } from '../../../src/engine/pull.ts';
import { rejectionOf } from '../../helpers/error-of.ts';

const { signal } = new AbortController();

/** An engine that answers a pull with this stream. */
class PullingDocker {
  readonly asked: string[] = [];
  readonly #stream: () => Readable;

  constructor(stream: () => Readable) {
    this.#stream = stream;
  }

  pull(image: string): Promise<NodeJS.ReadableStream> {
    this.asked.push(image);
    return Promise.resolve().then(this.#stream);
  }

  get port(): Docker {
    return this as unknown as Docker;
  }
}

const pull = (stream: () => Readable): Promise<void> =>
  pullImage(new PullingDocker(stream).port, 'redis:8.0', 'unix:///docker.sock', signal);
const sending =
  (...chunks: readonly string[]): (() => Readable) =>
  () =>
    Readable.from(chunks.map((text) => Buffer.from(text)));

afterEach(() => vi.useRealTimers());

test('a pull that ends well must be success, however its lines are cut', async () => {
  const docker = new PullingDocker(sending('{"status":"Pulling"}\r\n{"sta', 'tus":"Done"}\n', '\n'));
  await pullImage(docker.port, 'redis:8.0', 'unix:///docker.sock', signal);
  expect(docker.asked).toEqual(['redis:8.0']);
});

describe('a pull must not look like success', () => {
  test.each<[string, () => Readable, string]>([
    [
      'an error line in the stream',
      sending('{"status":"Pulling"}\n{"errorDetail":{},"error":"toomanyrequests: slow down"}\n'),
      'The engine could not pull redis:8.0: toomanyrequests: slow down',
    ],
    [
      'an error line without a line end',
      sending('{"status":"Pulling"}\n{"error":"no space left on device"}'),
      'The engine could not pull redis:8.0: no space left on device',
    ],
  ])('%s', async (_, stream, text) => {
    expect(await rejectionOf(pull(stream))).toEqual({
      code: 'image-missing',
      message: `Image redis:8.0 is not here, and pulling it failed: ${text}`,
      hint: 'Name an image that is here (docker images), or load one: docker load -i FILE. Then: --image NAME',
      problems: [],
    });
  });

  test('a line that is cut off', async () => {
    const { code, message } = await rejectionOf(pull(sending('{"status":"Pulling"}\n{"status":"Downlo')));
    expect([code, message]).toEqual([
      'image-missing',
      expect.stringMatching(
        /^Image redis:8.0 is not here, and pulling it failed: The engine could not pull redis:8.0: /,
      ),
    ]);
  });

  test('an engine that is not there', async () => {
    const gone = (): never => {
      throw Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' });
    };
    expect((await rejectionOf(pull(gone))).code).toBe('engine-unreachable');
  });

  test('a connection that breaks', async () => {
    const broken = (): Readable =>
      new Readable({
        read() {
          this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
        },
      });
    expect((await rejectionOf(pull(broken))).code).toBe('engine-unreachable');
  });
});

test('a registry that says nothing any more must be given up after a minute', async () => {
  vi.useFakeTimers();
  const silent = (): Readable => {
    const stream = new Readable({ read: () => undefined });
    stream.push('{"status":"Pulling"}\n');
    return stream;
  };
  const pulled = rejectionOf(pull(silent));
  await vi.advanceTimersByTimeAsync(61_000);
  const { code, message } = await pulled;
  expect([code, message]).toEqual([
    'image-missing',
    'Image redis:8.0 is not here, and pulling it failed: The engine did not go on pulling redis:8.0 within 60 s.',
  ]);
});

test('an abort must end a pull at once, with its reason', async () => {
  const controller = new AbortController();
  const stalled = new PullingDocker(() => new Readable({ read: () => undefined }));
  const pulled = rejectionOf(pullImage(stalled.port, 'redis:8.0', 'unix:///docker.sock', controller.signal));
  controller.abort(new RmsxError('interrupted', 'Stopped by SIGINT.'));
  expect(await pulled).toMatchObject({ code: 'interrupted', message: 'Stopped by SIGINT.' });
});
