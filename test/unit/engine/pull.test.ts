import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { describe, expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { PullProgress } from '../../../src/domain/ports.ts';
import { type PullWire, pullImage } from '../../../src/engine/pull.ts';
import { rejectionOf, type SeenError } from '../../helpers/error-of.ts';

/** An engine that answers each pull with the next of some streams, and has the image afterwards unless told otherwise. */
class PullingDocker {
  readonly asked: string[] = [];
  readonly #streams: readonly (() => Readable)[];
  readonly #hasImage: boolean;

  constructor(streams: readonly (() => Readable)[], hasImage = true) {
    this.#streams = streams;
    this.#hasImage = hasImage;
  }

  async pull(image: string): Promise<NodeJS.ReadableStream> {
    this.asked.push(image);
    return (this.#streams[this.asked.length - 1] ?? (this.#streams.at(-1) as () => Readable))();
  }

  getImage(image: string): { inspect: () => Promise<object> } {
    return {
      inspect: async () => {
        if (this.#hasImage) return { Id: image };
        throw Object.assign(new Error('no such image'), {
          statusCode: 404,
          json: { message: `No such image: ${image}` },
        });
      },
    };
  }

  wire(changes: Partial<PullWire> = {}): PullWire {
    const { signal } = new AbortController();
    return { docker: this as unknown as Docker, endpoint: 'unix:///docker.sock', signal, pauseMs: 1, ...changes };
  }
}

const sending =
  (...chunks: readonly (string | Buffer)[]): (() => Readable) =>
  () =>
    Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const silent = (): Readable => {
  const stream = new Readable({ read: () => undefined });
  stream.push('{"status":"Pulling"}\n');
  return stream;
};
const failing =
  (error: Error): (() => Readable) =>
  () => {
    throw error;
  };
const done = sending('{"status":"Done"}\n');

const refusalOf = (...streams: readonly (() => Readable)[]): Promise<SeenError> =>
  rejectionOf(pullImage(new PullingDocker(streams).wire({ silenceMs: 20 }), 'redis:8.0'));

describe('a pull that ends well must be success', () => {
  test.each<[string, readonly (string | Buffer)[]]>([
    ['however its lines are cut', ['{"status":"Pulling"}\r\n{"sta', 'tus":"Done"}\n', '\n']],
    ['without a line end', ['{"status":"Pulling"}\n{"status":"Done"}']],
    [
      'with a character that is cut in two',
      [Buffer.from('{"status":"Größe"}\n').subarray(0, 13), Buffer.from('{"status":"Größe"}\n').subarray(13)],
    ],
    ['byte by byte', [...Buffer.from('{"status":"密码 🔑"}\n')].map((byte) => Buffer.from([byte]))],
    ['with nothing to tell', []],
  ])('%s', async (_, chunks) => {
    const docker = new PullingDocker([sending(...chunks)]);
    await pullImage(docker.wire(), 'redis:8.0');
    expect(docker.asked).toEqual(['redis:8.0']);
  });

  test.each([
    ['redis', 'redis:latest'],
    ['registry.example:5000/redis', 'registry.example:5000/redis:latest'],
    ['redis@sha256:abc', 'redis@sha256:abc'],
    ['registry.example:5000/redis:8', 'registry.example:5000/redis:8'],
  ])('%s must be asked for as %s: without a tag all of them would come', async (image, asked) => {
    const docker = new PullingDocker([done]);
    await pullImage(docker.wire(), image);
    expect(docker.asked).toEqual([asked]);
  });
});

test.each([
  'manifest for redis:99 not found: manifest unknown: manifest unknown',
  "pull access denied for nope, repository does not exist or may require 'docker login'",
  'denied: requested access to the resource is denied',
  'unauthorized: authentication required',
  'no matching manifest for linux/arm64/v8 in the manifest list entries',
  'failed to resolve reference "docker.io/library/nope:1": docker.io/library/nope:1: not found',
])('an image that is not there must be told apart, and not be asked for again: %s', async (text) => {
  const docker = new PullingDocker([sending(`{"errorDetail":{"message":"x"},"error":${JSON.stringify(text)}}\n`)]);
  expect(await rejectionOf(pullImage(docker.wire(), 'redis:8.0'))).toEqual({
    code: 'image-missing',
    message: `Image redis:8.0 is not here, and pulling it failed: The engine could not pull redis:8.0: ${text}`,
    hint: 'Name an image that is here (docker images), or load one: docker load -i FILE. Then: --image NAME',
    problems: [],
  });
  expect(docker.asked).toHaveLength(1);
});

describe('a pull must not look like success', () => {
  test.each<[string, () => Readable, string]>([
    [
      'an error line without a line end',
      sending('{"status":"Pulling"}\n{"error":"no space left on device"}'),
      'no space left on device',
    ],
    ['an error in its details only', sending('{"errorDetail":{"message":"disk on fire"}}\n'), 'disk on fire'],
    [
      'a line that is cut off',
      sending('{"status":"Pulling"}\n{"status":"Downlo'),
      'its answer was cut off, or is none of an engine',
    ],
    [
      'a page in place of an answer',
      sending('<html><body>Sign in</body></html>'),
      'its answer was cut off, or is none of an engine',
    ],
    ['null', sending('null\n'), 'its answer is none of an engine'],
  ])('%s', async (_, stream, text) => {
    const { code, message, hint } = await refusalOf(stream);
    expect([code, message]).toEqual([
      'failed',
      `Image redis:8.0 is not here, and pulling it failed: The engine could not pull redis:8.0: ${text}`,
    ]);
    expect(hint).toContain('docker pull redis:8.0');
  });

  test('an end after which the image is not there', async () => {
    const docker = new PullingDocker([done], false);
    expect(await rejectionOf(pullImage(docker.wire(), 'redis:8.0'))).toMatchObject({
      code: 'image-missing',
      message: 'The engine says that it has pulled redis:8.0, and it is not there.',
    });
  });

  test('an engine that is not there', async () => {
    const gone = failing(Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }));
    expect((await refusalOf(gone)).code).toBe('engine-unreachable');
  });

  test('a connection that breaks', async () => {
    const broken = (): Readable =>
      new Readable({
        read() {
          this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
        },
      });
    expect((await refusalOf(broken)).code).toBe('engine-unreachable');
  });
});

describe('what passes', () => {
  const error = (text: string): (() => Readable) => sending(`{"error":${JSON.stringify(text)}}\n`);

  test.each<[string, () => Readable]>([
    ['too many requests', error('toomanyrequests: You have reached your pull rate limit')],
    ['a registry in trouble', error('received unexpected HTTP status: 503 Service Unavailable')],
    ['a slow line', error('net/http: TLS handshake timeout')],
    ['a silent registry', silent],
    [
      'an engine that passes the trouble on',
      failing(
        Object.assign(new Error('x'), {
          statusCode: 500,
          json: { message: 'Get "https://registry-1.docker.io/v2/": context deadline exceeded' },
        }),
      ),
    ],
  ])('must be tried again three times, and no more: %s', async (_, stream) => {
    const twice = new PullingDocker([stream, stream, done]);
    await pullImage(twice.wire({ silenceMs: 20 }), 'redis:8.0');
    expect(twice.asked).toHaveLength(3);
    const always = new PullingDocker([stream]);
    const { code } = await rejectionOf(pullImage(always.wire({ silenceMs: 20 }), 'redis:8.0'));
    expect([code, always.asked.length]).toEqual(['failed', 4]);
  });

  test('must not be waited for once the time is up', async () => {
    const controller = new AbortController();
    const docker = new PullingDocker([error('toomanyrequests')]);
    const pulled = rejectionOf(pullImage(docker.wire({ pauseMs: 60_000, signal: controller.signal }), 'redis:8.0'));
    await expect.poll(() => docker.asked.length).toBe(1);
    controller.abort(new RmsxError('timeout', 'Out of time after 60 s.'));
    expect(await pulled).toMatchObject({ code: 'timeout', message: 'Out of time after 60 s.' });
  });
});

test('a registry that says nothing any more must be given up, in words that say so', async () => {
  const { code, message } = await refusalOf(silent);
  expect([code, message]).toEqual([
    'failed',
    'Image redis:8.0 is not here, and pulling it failed: The engine did not go on pulling redis:8.0 within 0.02 s.',
  ]);
});

test('an abort must end a pull at once, with its reason', async () => {
  const controller = new AbortController();
  const stalled = new PullingDocker([() => new Readable({ read: () => undefined })]);
  const pulled = rejectionOf(pullImage(stalled.wire({ signal: controller.signal }), 'redis:8.0'));
  controller.abort(new RmsxError('interrupted', 'Stopped by SIGINT.'));
  expect(await pulled).toMatchObject({ code: 'interrupted', message: 'Stopped by SIGINT.' });
});

test('what is fetched must be counted over all layers', async () => {
  const layer = (id: string, status: string, current?: number, total?: number): string =>
    `${JSON.stringify({ id, status, progressDetail: current === undefined ? {} : { current, total } })}\n`;
  const told: PullProgress[] = [];
  const lines = [
    layer('8.0', 'Pulling from library/redis'),
    layer('a', 'Downloading', 10, 100),
    layer('b', 'Downloading', 5, 50),
    layer('c', 'Already exists'),
    layer('a', 'Download complete'),
    layer('a', 'Extracting', 1, 100),
    layer('b', 'Downloading', 50, 50),
  ];
  await pullImage(new PullingDocker([sending(...lines)]).wire(), 'redis:8.0', (progress) => told.push(progress));
  expect(told.map(({ doneBytes, totalBytes }) => `${doneBytes}/${totalBytes}`)).toEqual([
    '10/100',
    '15/150',
    '105/150',
    '150/150',
  ]);
});
