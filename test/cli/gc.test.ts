import { expect, test } from 'vitest';
import { runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import {
  type Answer,
  listedContainer,
  listedNetwork,
  StubEngine,
  type StubWorld,
  sendJson,
} from '../helpers/stub-engine.ts';

const labels = { 'rmsx.cluster': 'demo', 'rmsx.run': '0123456789abcdef' };
const world: StubWorld = {
  networks: [
    listedNetwork('demo_app_net', '172.19.0.0/24', { Labels: labels, Created: '2020-01-01T00:00:00Z' }),
    listedNetwork('other_app_net', '172.20.0.0/24', {
      Labels: { ...labels, 'rmsx.cluster': 'other' },
      Created: '2020-01-01T00:00:00Z',
    }),
    listedNetwork('office', '10.0.0.0/8'),
  ],
  containers: [listedContainer('demo-master'), listedContainer('demo-lock')],
};

async function run(args: readonly string[], where: StubWorld = world, env: Readonly<Record<string, string>> = {}) {
  await using engine = await StubEngine.start(where);
  const done = await runRmsx(['gc', ...args], { env: { ...engine.env, ...env } });
  return { ...done, writes: engine.writes };
}

test('gc --dry-run must say what would go and why, and change nothing', async () => {
  const { code, stdout, writes } = await run(['--dry-run']);
  expect([code, writes]).toEqual([0, []]);
  expect(stdout).toBe(
    'network demo_app_net (id-of-demo_a): the run that made it was interrupted\n' +
      'network other_app_net (id-of-other_): the run that made it was interrupted\n',
  );
});

test('gc of a cluster that is named must look at no other one', async () => {
  const { code, stdout } = await run(['--dry-run', '--json', '-n', 'other']);
  assertValid('gc', JSON.parse(stdout));
  expect([code, JSON.parse(stdout)]).toMatchObject([
    0,
    { dryRun: true, changed: false, leftovers: [{ id: 'id-of-other_app_net' }] },
  ]);
});

test('gc must look at every cluster, whatever cluster the environment names for other verbs', async () => {
  const { stdout } = await run(['--dry-run'], world, { RMSX_NAME: 'other', RMSX_FILE: '/nowhere/rmsx.yaml' });
  expect(stdout.match(/^network \w+/gm)).toEqual(['network demo_app_net', 'network other_app_net']);
});

test.each(['gc', 'ls', 'init'])('%s must refuse a file that it would not read', async (verb) => {
  const { code, stderr } = await runRmsx([verb, '-f', 'rmsx.yaml']);
  expect([code, stderr]).toEqual([2, `rmsx: --file: ${verb} reads no rmsx.yaml\nhint: rmsx ${verb} --help\n`]);
});

test('gc must remove by id, and nothing that is not ours', async () => {
  const { writes } = await run([]);
  expect([...new Set(writes)]).toEqual(['DELETE /networks/id-of-demo_app_net', 'DELETE /networks/id-of-other_app_net']);
});

test('gc must take what somebody else has just removed for success', async () => {
  const networks = [...(world.networks ?? [])];
  const answer: Answer = (request, response) => {
    if (request.method !== 'DELETE') return false;
    networks.shift();
    sendJson(response, 404, { message: 'network demo_app_net not found' });
    return true;
  };
  const { code, stdout } = await run(['-n', 'demo'], { ...world, networks, answer });
  expect([code, stdout]).toEqual([0, expect.stringContaining('demo_app_net')]);
});

test('gc must ask twice where an engine falters once, as nobody could tell what stayed from what is kept', async () => {
  const asked: string[] = [];
  const networks = [...(world.networks ?? [])];
  const answer: Answer = (request, response) => {
    if (request.method !== 'DELETE') return false;
    asked.push(String(request.url));
    if (asked.length === 1) sendJson(response, 500, { message: 'something went wrong inside' });
    else {
      networks.shift();
      response.writeHead(204).end();
    }
    return true;
  };
  const { code, stdout } = await run(['-n', 'demo'], { ...world, networks, answer });
  expect([code, asked.length]).toEqual([0, 2]);
  expect(stdout).toContain('demo_app_net');
});

test('gc must not say that what is still there was removed', async () => {
  const answer: Answer = (request, response) => {
    if (request.method === 'DELETE') response.writeHead(204).end();
    return request.method === 'DELETE';
  };
  const { code, stderr } = await run(['-n', 'demo'], { ...world, answer });
  expect([code, stderr]).toEqual([1, expect.stringContaining('they are still there: demo_app_net')]);
});

test('gc where nothing is left must be success', async () => {
  const { code, stdout, stderr, writes } = await run([], {});
  expect([code, stdout, stderr, writes]).toEqual([0, '', 'nothing to remove\n', []]);
});

test('gc must not touch what was made anew since it looked', async () => {
  let looks = 0;
  const { writes, stdout } = await run(['-n', 'demo'], {
    ...world,
    answer: (request, response) => {
      if (!request.url?.endsWith('/networks')) return false;
      looks += 1;
      const network = listedNetwork('demo_app_net', '172.19.0.0/24', {
        Id: `id-${looks}`,
        Labels: labels,
        Created: '2020-01-01T00:00:00Z',
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify([network]));
      return true;
    },
  });
  expect([looks, writes, stdout]).toEqual([2, [], '']);
});
