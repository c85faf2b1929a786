import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { redisClient } from '../../../src/redis/redis-client.ts';
import { rejectionOf, type SeenError } from '../../helpers/error-of.ts';
import { StubRedis } from '../../helpers/stub-redis.ts';

const info = (): string => 'role:master\r\nredis_version:8.0.2\r\n';

const refusalOf = async (stranger: string): Promise<SeenError> => {
  await using server = await StubRedis.start('secret', info, stranger);
  return await rejectionOf(redisClient.connect('slave-1', { host: '127.0.0.1', port: server.port }, 'secret', 1000));
};

test('a server that asks strangers for the password must be used', async () => {
  await using server = await StubRedis.start('secret', info);
  const connection = await redisClient.connect('master', { host: '127.0.0.1', port: server.port }, 'secret', 1000);
  expect(await connection.info()).toMatchObject({ role: 'master', version: '8.0.2' });
  connection.close();
});

test.each([
  ['+PONG', 'slave-1 answers without a password.'],
  ['-LOADING Redis is loading the dataset in memory', 'slave-1 answers without a password.'],
  ['-BUSY Redis is busy running a script.', 'slave-1 answers without a password.'],
  [
    '-DENIED Redis is running in protected mode because protected mode is enabled',
    'slave-1 has no password, and its protected mode lets nobody in.',
  ],
])('a server that says %s to a stranger must be refused, though it takes the password', async (stranger, message) => {
  expect(await refusalOf(stranger)).toMatchObject({
    code: 'failed',
    message,
    hint: expect.stringContaining('look at the entrypoint of the image'),
  });
});

test('a server that does not know PING must be judged by its login alone', async () => {
  await using server = await StubRedis.start('secret', info, "-ERR unknown command 'PING'");
  const connection = await redisClient.connect('master', { host: '127.0.0.1', port: server.port }, 'secret', 1000);
  connection.close();
});

test('a server with another password must say so, and never what it was given', async () => {
  await using server = await StubRedis.start('other', info);
  const { message } = await rejectionOf(
    redisClient.connect('master', { host: '127.0.0.1', port: server.port }, 'secret', 1000),
  );
  expect(message).toContain('the server refuses the password in its own redis.conf');
  expect(message).not.toContain('secret');
});

test('what a server repeats must be told without the password, and without what steers a terminal', async () => {
  await using server = await StubRedis.start('top-secret', info);
  const endpoint = { host: '127.0.0.1', port: server.port };
  const connection = await redisClient.connect('master', endpoint, 'top-secret', 1000);
  const { message } = await rejectionOf(connection.mark('top-secret\u001b[2J', 0, 1000));
  connection.close();
  expect(message).toBe(
    "master: could not publish a marker: ERR unknown command 'PUBLISH', with args beginning with: __rmsx__:marker,*** [2J",
  );
});

/** Answers that many packets, the first of which is the login, and nothing after that. */
async function hangingServer(answered: number): Promise<Server> {
  const server = createServer((socket) => {
    let packets = 0;
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      packets += 1;
      if (packets <= answered) socket.write('-NOAUTH Authentication required.\r\n+OK\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

test.each([0, 1])('a server that hangs after %i answers must cost a look no more than its time', async (answered) => {
  const server = await hangingServer(answered);
  const { port } = server.address() as AddressInfo;
  const startedMs = performance.now();
  const looking = redisClient
    .connect('slave-1', { host: '127.0.0.1', port }, 'secret', 600)
    .then((connection) => connection.info().finally(() => connection.close()));
  expect(await rejectionOf(looking)).toMatchObject({ message: expect.stringContaining('does not answer') });
  expect(performance.now() - startedMs).toBeLessThan(1800);
  await new Promise((resolve) => server.close(resolve));
});
