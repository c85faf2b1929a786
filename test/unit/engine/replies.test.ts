import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/connect.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Engine } from '../../../src/domain/ports.ts';
import { StubEngine } from '../../helpers/stub-engine.ts';

/** What no engine says, though it says 200. */
const strange = [
  ...[
    '<html>Please log in</html>',
    'null',
    '7',
    '"text"',
    '{}',
    '{"unexpected":["shape"]}',
    '{"Volumes":[{"Name":7}]}',
  ],
  ...['[null]', '[{}]', '[{"Id":7}]', '[{"Id":"abc"', '[["Id"]]', '[{"Id":"abc","Name":""}]'],
];

let body = '';
let stub: StubEngine;
let engine: Engine;

beforeAll(async () => {
  stub = await StubEngine.start({
    answer: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      return true;
    },
  });
  ({ engine } = await connect({ dockerHost: stub.env.DOCKER_HOST }));
});
afterAll(async () => {
  engine.close();
  await stub.stop();
});

const network = { name: 'n', cluster: 'demo', run: 'r', subnet: '10.0.0.0/24', gateway: '10.0.0.1', dynamicRange: '' };
const carrier = { name: 'x', cluster: 'demo', run: 'r', image: 'redis:8.0', volumes: [] };

const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  listContainers: () => engine.listContainers(),
  listNetworks: () => engine.listNetworks(),
  listVolumes: () => engine.listVolumes(),
  hasImage: () => engine.hasImage('redis:8.0'),
  userOfImage: () => engine.userOfImage('redis:8.0'),
  timeMs: () => engine.timeMs(),
  memoryBytes: () => engine.memoryBytes(),
  hostName: () => engine.hostName(),
  facts: () => engine.facts(),
  endpointsOf: () => engine.endpointsOf('n'),
  stampOf: () => engine.stampOf('id', '/x'),
  readFiles: () => engine.readFiles('id', '/x'),
  serverUser: () => engine.serverUser('id'),
  writeFiles: () => engine.writeFiles('id', [], { uid: 0, gid: 0 }),
  createNetwork: () => engine.createNetwork(network),
  createCarrier: () => engine.createCarrier(carrier),
  pullImage: () => engine.pullImage('redis:8.0'),
  start: () => engine.start('id'),
  unpause: () => engine.unpause('id'),
  stop: () => engine.stop('id', 1),
  removeContainer: () => engine.removeContainer('id'),
  removeNetwork: () => engine.removeNetwork('id'),
  removeVolume: () => engine.removeVolume('v'),
};

describe('what no engine says must never pass for an answer', () => {
  test.each(Object.entries(calls))('%s', async (_, call) => {
    const believed: string[] = [];
    for (body of strange) {
      const error: unknown = await call().then(
        (answer) => `it is ${JSON.stringify(answer)}`,
        (reason: unknown) => reason,
      );
      if (!(error instanceof RmsxError) || error.code === 'bug') believed.push(`${body}: ${error}`);
    }
    expect(believed).toEqual([]);
  });
});

test('it must be told what was asked for', async () => {
  body = '<html></html>';
  await expect(engine.listNetworks()).rejects.toMatchObject({
    code: 'engine-refused',
    message: 'What answers in place of the Docker engine does not speak its language (list networks).',
  });
});

test('nothing must be nothing where an engine may have nothing', async () => {
  body = '[]';
  expect([await engine.listContainers(), await engine.listNetworks()]).toEqual([[], []]);
  body = '{"Volumes":null}';
  expect(await engine.listVolumes()).toEqual([]);
  body = '';
  expect(await engine.start('id')).toBeUndefined();
  expect(await engine.writeFiles('id', [], { uid: 0, gid: 0 })).toBeUndefined();
});

test('what is not answered must be known, the oldest of it, and only until it is', async () => {
  const held: (() => void)[] = [];
  await using silent = await StubEngine.start({
    answer: (_, response) => {
      held.push(() => void response.writeHead(200).end('[]'));
      return true;
    },
  });
  const { engine: slow } = await connect({ dockerHost: silent.env.DOCKER_HOST });
  expect(slow.unanswered()).toBeUndefined();
  const calls = Promise.all([slow.listNetworks(), slow.listContainers()]);
  await expect.poll(() => held.length).toBe(2);
  expect(slow.unanswered()).toMatchObject({ what: 'list networks' });
  for (const answer of held) answer();
  await calls;
  expect(slow.unanswered()).toBeUndefined();
  slow.close();
});
