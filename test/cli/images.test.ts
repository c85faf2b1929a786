import { describe, expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import type { StubWorld } from '../helpers/stub-engine.ts';

/** An engine without the image, whose registry sends this, whole or in pieces. */
const pulling = (...pieces: readonly string[]): StubWorld => ({
  answer: (request, response) => {
    if (!request.url?.includes('/images/create')) return false;
    response.writeHead(200);
    for (const piece of pieces) response.write(piece);
    response.end();
    return true;
  },
});

describe('images', () => {
  test('--pull never with an image that is not there must exit 9, with nothing made', async () => {
    const { code, stdout, stderr, writes } = await runAgainst({}, ['up', '--pull', 'never', '--image', 'redis:7.0']);
    expect([code, stdout, stderr, writes]).toEqual([
      9,
      '',
      'rmsx: Image redis:7.0 is not here, and --pull never forbids fetching it.\nhint: Load it: docker load -i FILE   or name one that is here: --image NAME\n',
      [],
    ]);
  });

  test('a pull that fails must exit 9 with the words of the registry, and no container must have been made', async () => {
    const world: StubWorld = {
      answer: (request, response) => {
        if (!request.url?.includes('/images/create')) return false;
        response.writeHead(200).end('{"status":"Pulling"}\n{"error":"manifest for redis:9 not found"}\n');
        return true;
      },
    };
    const { code, stderr, writes } = await runAgainst(world, ['up', '--image', 'redis:9']);
    expect([code, writes.filter((request) => request.includes('/containers/'))]).toEqual([9, []]);
    expect(stderr).toContain('manifest for redis:9 not found');
  });

  test('--pull never must look for no image elsewhere, and answer at once', async () => {
    const { code, requests, durationMs } = await runAgainst({}, ['up', '--pull', 'never']);
    expect([code, requests.filter((request) => request.includes('/images/create'))]).toEqual([9, []]);
    expect(durationMs).toBeLessThan(5000); // a registry would be given a minute
  });

  test('--pull never must fetch no image to read the volumes of a cluster that is down either', async () => {
    const Labels = { 'rmsx.cluster': 'redis-server', 'rmsx.node': 'master', 'rmsx.run': 'r', 'rmsx.purpose': 'conf' };
    const volumes = [{ Name: 'redis-server-master-conf', Labels }];
    const { code, writes } = await runAgainst({ volumes }, ['up', '--pull', 'never']);
    expect([code, writes]).toEqual([9, []]);
  });

  test.each([[[]], [['--pull', 'missing']], [['--pull', 'never']]])(
    'an image that is here must be asked for nowhere else: %j',
    async (flags) => {
      const world = new MakingWorld();
      const { code, requests } = await runAgainst(world, ['up', '--no-wait', '--replicas', '0', ...flags]);
      expect([code, requests.filter((request) => request.includes('/images/create'))]).toEqual([0, []]);
    },
  );

  test('--pull always must fetch an image that is here', async () => {
    const world = new MakingWorld();
    const { code, requests } = await runAgainst(world, ['up', '--no-wait', '--replicas', '0', '--pull', 'always']);
    expect([code, requests.filter((request) => request.includes('/images/create'))]).toEqual([
      0,
      ['POST /images/create?fromImage=redis&tag=8.0'],
    ]);
  });

  test.each<[string, readonly string[]]>([
    ['an error line', ['{"status":"Pulling"}\n{"error":"no space left on device"}\n']],
    ['a line that is cut off', ['{"status":"Pulling"}\n', '{"stat']],
    ['a page', ['<html><body>Sign in</body></html>']],
  ])('a pull that ends with %s must exit 1, and make nothing', async (_, pieces) => {
    const { code, stdout, stderr, writes } = await runAgainst(pulling(...pieces), ['up']);
    expect([code, stdout, writes]).toEqual([1, '', ['POST /images/create?fromImage=redis&tag=8.0']]);
    expect(stderr).toContain('Image redis:8.0 is not here, and pulling it failed: ');
  });

  test('a pull that ends well without bringing the image must exit 9', async () => {
    const { code, stderr } = await runAgainst(pulling('{"status":"Done"}\n'), ['up']);
    expect([code, stderr]).toEqual([
      9,
      expect.stringContaining('The engine says that it has pulled redis:8.0, and it is not there.'),
    ]);
  });

  test('what is told while pulling must be one line in a log, however much there is to tell', async () => {
    const lines = Array.from(
      { length: 50 },
      (_, i) => `${JSON.stringify({ id: 'a', status: 'Downloading', progressDetail: { current: i, total: 100 } })}\n`,
    );
    const { stderr } = await runAgainst(pulling(...lines), ['up']);
    expect(stderr.split('\n').filter((line) => line.includes('pulling redis:8.0'))).toEqual(['… pulling redis:8.0']);
  });
});
