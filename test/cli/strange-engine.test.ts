import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { runRmsx } from '../helpers/run-rmsx.ts';
import { type Answer, listedContainer, StubEngine, sendJson } from '../helpers/stub-engine.ts';

const up = ['up', '-n', 'demo', '--replicas', '0', '--no-wait'];
const labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.run': 'r' };
const page = (response: ServerResponse): boolean => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
  return true;
};
const fire: readonly [number, string] = [500, 'disk on fire'];
/** Whether a request is to remove a container with some words in its name. */
const isRemoval = (request: string, { containers }: MakingWorld, words: string): boolean =>
  containers.some(
    ({ Id, ...rest }) => request.startsWith(`DELETE /containers/${Id}`) && JSON.stringify(rest).includes(words),
  );
const kept = { Name: 'demo-master-data', Labels: { ...labels, 'rmsx.purpose': 'data' } };

describe('a container of somebody else that only carries the label of the cluster must be left alone:', () => {
  const sidecar = { Id: 'sidecar', Labels: { 'rmsx.cluster': 'demo', app: 'mine' } };

  test.each([
    ['up', up],
    ['down', ['down', '-n', 'demo', '--volumes', '-y']],
    ['gc', ['gc', '--older-than', '0s']],
  ])('%s', async (_, args) => {
    const world = new MakingWorld();
    world.containers.push(listedContainer('my-sidecar', sidecar) as { Id: string });
    const { code, writes } = await runAgainst(world, args);
    expect([code, world.containers.filter(({ Id }) => Id === 'sidecar')]).toEqual([0, [expect.anything()]]);
    expect(writes.filter((write) => write.includes('sidecar'))).toEqual([]);
  });
});

describe('a page in the place of a list of volumes must not pass for none:', () => {
  const answer: Answer = (request, response) => (request.url?.includes('/volumes') ? page(response) : false);

  test.each([['down', '--volumes', '-y', '-n', 'demo'], ['ls'], ['gc'], up])('%s', async (...args) => {
    await using engine = await StubEngine.start({ images: ['redis:8.0'], volumes: [kept], answer });
    const { code, stderr } = await runRmsx(args, { env: engine.env });
    expect([code, stderr]).toEqual([6, expect.stringContaining('does not speak its language')]);
    expect(engine.writes.filter((write) => !write.startsWith('DELETE '))).toEqual([]);
  });
});

test('a stamp that is none of an engine must not pass for the words of one', async () => {
  const containers = [listedContainer('demo-master', { Id: 'id-master', Labels: labels })];
  const answer: Answer = (request, response) => {
    if (!request.url?.includes('/archive')) return false;
    if (request.method === 'GET') sendJson(response, 404, { message: 'Could not find the file in the container' });
    else response.writeHead(200, { 'x-docker-container-path-stat': 'PGh0bWw+' }).end();
    return true;
  };
  const { code, stderr } = await runAgainst({ containers, answer }, ['status', '-n', 'demo']);
  expect([code, stderr]).toEqual([6, expect.stringContaining('does not speak its language')]);
});

describe('what a failed up made must be gone, or be named', () => {
  const startFails = (request: string): readonly [number, string] | undefined =>
    request.includes('/start') ? fire : undefined;

  test('where the engine answers a removal with a page', async () => {
    const world = new MakingWorld((request) =>
      /^DELETE \/(containers|networks)/.test(request) ? [404, 'page not found'] : startFails(request),
    );
    const { code, stderr } = await runAgainst(world, up);
    expect([code, world.made]).toEqual([1, expect.arrayContaining(['/demo-master', 'demo_app_net'])]);
    expect(stderr).toContain('left behind:');
    expect(stderr).toContain('to remove the rest: rmsx gc --older-than 0s -n demo');
    expect(stderr).not.toContain('what this run made is removed');
  });

  test('where a node cannot be removed, so that gc knows it for what it is', async () => {
    const world: MakingWorld = new MakingWorld((request) =>
      isRemoval(request, world, 'demo-slave-1') ? fire : undefined,
    );
    const { code, stderr } = await runAgainst(world, ['up', '-n', 'demo', '--replicas', '1', '--timeout', '3s']);
    expect([code, stderr]).toEqual([
      124,
      expect.stringContaining('to remove the rest: rmsx gc --older-than 0s -n demo'),
    ]);
    expect(world.made).toEqual(expect.arrayContaining(['/demo-slave-1', expect.stringMatching(/^.demo-conf-/)]));
  });

  test('where a removal fails once', async () => {
    let refusals = 1;
    const world = new MakingWorld((request) =>
      request.startsWith('DELETE /containers') && refusals-- > 0 ? fire : startFails(request),
    );
    const { code, stderr } = await runAgainst(world, up);
    expect([code, world.made, stderr]).toEqual([1, [], expect.stringContaining('what this run made is removed')]);
  });

  test('where the network needs a moment', async () => {
    let refusals = 2;
    const world = new MakingWorld((request) =>
      request.startsWith('DELETE /networks') && refusals-- > 0 ? [403, 'has active endpoints'] : startFails(request),
    );
    const { code, stderr } = await runAgainst(world, up);
    expect([code, world.made]).toEqual([1, []]);
    expect(stderr).toContain('what this run made is removed');
  });

  test('where a signal comes while it is looked for', async () => {
    let isFailed = false;
    let kill: (signal: NodeJS.Signals) => void = () => undefined;
    const world = new MakingWorld((request) => {
      isFailed ||= request.includes('/start');
      return startFails(request);
    });
    const cutOff: Answer = (request) => {
      if (!isFailed || request.method !== 'GET' || !request.url?.includes('/networks')) return false;
      isFailed = false;
      kill('SIGINT'); // and no answer
      return true;
    };
    await using engine = await StubEngine.start(world.behind(cutOff));
    const { code, stderr } = await runRmsx(up, {
      env: engine.env,
      onStart: (send) => {
        kill = send;
      },
    });
    expect([code, world.made, stderr]).toEqual([1, [], expect.stringContaining('what this run made is removed')]);
  });
});

test('what carried the conf and cannot be removed must be told, and must not take the cluster down', async () => {
  const world: MakingWorld = new MakingWorld((request) => (isRemoval(request, world, 'demo-conf-') ? fire : undefined));
  const { code, stderr } = await runAgainst(world, up);
  expect([code, world.made]).toEqual([0, expect.arrayContaining(['/demo-master'])]);
  expect(stderr).toContain('warning: left behind:');
});

test('up --no-wait must not call a server that has ended a success', async () => {
  const world = new MakingWorld((request) => {
    if (!request.includes('/start')) return undefined;
    return [204, '']; // and it does not run
  });
  const { code, stderr } = await runAgainst(world, up);
  expect([code, world.made]).toEqual([1, []]);
  expect(stderr).toContain('master does not stay up');
});

test('an engine that falls silent must not be waited for at every call', async () => {
  let isSilent = false;
  const silence: Answer = (request) => {
    isSilent ||= request.url?.includes('/start') ?? false;
    return isSilent;
  };
  await using engine = await StubEngine.start(new MakingWorld().behind(silence));
  const { code, durationMs } = await runRmsx([...up, '--timeout', '2s'], { env: engine.env, timeoutMs: 40_000 });
  expect(code).toBe(124);
  expect(durationMs).toBeLessThan(20_000);
}, 45_000);
