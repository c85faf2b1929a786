import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { readStream } from '../../../src/redis/read-stream.ts';

const password = 'a-secret-of-nobody';
const part = { replid: 'a'.repeat(40), offset: 101, bytes: 11 };
const never = new AbortController().signal;
let server: Server;
let heard = '';
let isClosed: Promise<void>;

/** A server that answers each command with the next of these. */
async function serve(...answers: readonly string[]): Promise<number> {
  heard = '';
  server = createServer();
  isClosed = new Promise((resolve) => {
    server.on('connection', (socket) => {
      const left = [...answers];
      socket.on('data', (chunk) => {
        heard += chunk;
        socket.write(left.shift() ?? '');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const read = (port: number, signal = never): Promise<Buffer | RmsxError> =>
  readStream('slave-1', { host: '127.0.0.1', port }, password, part, signal).catch((error: RmsxError) => error);

afterEach(() => new Promise((resolve) => server.close(resolve)));

test('exactly the bytes that were asked for must come back, and the server must be hung up on', async () => {
  const port = await serve('+OK\r\n', '+CONTINUE abc\r\nhello world, and what comes behind it');
  expect(String(await read(port))).toBe('hello world');
  await isClosed;
  expect(heard).toContain(`PSYNC\r\n$40\r\n${part.replid}\r\n$3\r\n101\r\n`);
});

test('a server that would send all of its data must be hung up on, and nothing of it be taken in', async () => {
  const port = await serve('+OK\r\n', `+FULLRESYNC ${'b'.repeat(40)} 1\r\n$100000\r\n`);
  expect(await read(port)).toMatchObject({
    code: 'failed',
    message: expect.stringContaining('slave-1 does not hand out'),
  });
  await isClosed;
});

test.each([
  ['refuses the password', ['-WRONGPASS it is not a-secret-of-nobody\r\n']],
  ['refuses the command, and repeats it', ['+OK\r\n', '-ERR unknown command a-secret-of-nobody\r\n']],
  ['speaks another protocol', ['x'.repeat(2000)]],
])('a server that %s must be told without the password', async (_, answers) => {
  const error = await read(await serve(...answers));
  expect(error).toBeInstanceOf(RmsxError);
  expect(String(error)).not.toContain(password);
  await isClosed;
});

test('a server that says nothing must be given up when there is no time left', async () => {
  const port = await serve('');
  const over = new AbortController();
  const reading = read(port, over.signal);
  over.abort(new RmsxError('timeout', 'It is over.'));
  expect(await reading).toMatchObject({ code: 'timeout' });
});
