import type { ServerResponse } from 'node:http';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../src/connect.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Engine } from '../../../src/domain/ports.ts';
import { StubEngine } from '../../helpers/stub-engine.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
let send: (response: ServerResponse) => void;
let stub: StubEngine;
let engine: Engine;

beforeAll(async () => {
  stub = await StubEngine.start({
    answer: (request, response) => {
      if (!request.url?.includes('/archive')) return false;
      send(response);
      return true;
    },
  });
  ({ engine } = await connect({ dockerHost: stub.env.DOCKER_HOST }));
});
afterAll(async () => {
  engine.close();
  await stub.stop();
});

async function archived(): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'appendonly.aof' }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function read(limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of engine.readFile('id', '/data/appendonly.aof', limitBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a file must come as it is, byte by byte', async () => {
  const archive = await archived();
  send = (response) => response.writeHead(200).end(archive);
  expect((await read(1e6)).equals(content)).toBe(true);
});

test('a reader that stops early must stop the engine, too', async () => {
  const archive = await archived();
  let closed = (): void => undefined;
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  send = (response) => {
    response.on('close', closed);
    response.writeHead(200).write(archive.subarray(0, 100_000)); // and never goes on
  };
  for await (const chunk of engine.readFile('id', '/data/appendonly.aof', 1e6)) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  await isClosed;
});

test('a file that is too large must not be read', async () => {
  const archive = await archived();
  send = (response) => response.writeHead(200).end(archive);
  await expect(read(1000)).rejects.toMatchObject({ code: 'failed', reason: 'too-large' });
});

test('a file that is cut off on its way must not be taken for a whole one', async () => {
  const archive = await archived();
  send = (response) => response.writeHead(200).end(archive.subarray(0, 150_000));
  await expect(read(1e6)).rejects.toBeInstanceOf(RmsxError);
});

test.each(['{}', '', 'nothing that was packed'])('what is no archive must be told: %j', async (body) => {
  send = (response) => response.writeHead(200).end(body);
  await expect(read(1e6)).rejects.toBeInstanceOf(RmsxError);
});

test('a file that is not there must be called gone', async () => {
  send = (response) => response.writeHead(404).end('{"message":"Could not find the file /data/x in container id"}');
  await expect(read(1e6)).rejects.toMatchObject({ reason: 'gone' });
});
