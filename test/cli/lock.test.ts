import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/files/process-owner.ts';
import { MakingWorld, type Refusal } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { type RunOptions, runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { listedContainer, StubEngine } from '../helpers/stub-engine.ts';

const up = ['up', '--replicas', '0', '--no-wait', '-n', 'demo', '--base-port', 'auto'];
const madeByUp = ['/demo-master', 'demo_app_net', 'demo-master-conf', 'demo-master-data'];

/** A cluster that an rmsx has begun to make just now. */
function lockedBy(owner: string, refuse?: Refusal): MakingWorld {
  const world = new MakingWorld(refuse);
  const Labels = { 'rmsx.cluster': 'demo', 'rmsx.run': 'other', 'rmsx.owner': owner };
  world.containers.push(listedContainer('demo-lock', { Id: 'the-lock', Labels, State: 'created' }) as { Id: string });
  return world;
}

const unlock = ({ containers }: MakingWorld): void => {
  const at = containers.findIndex(({ Id }) => Id === 'the-lock');
  if (at >= 0) containers.splice(at, 1);
};

/** Runs `up`, and does something at its n-th look for the lock. */
async function upWith(world: MakingWorld, { looks, act, ...options }: RunOptions & { looks: number; act: () => void }) {
  let count = 0;
  await using engine = await StubEngine.start({
    answer: (request, response) => {
      if (request.url?.includes('rmsx.cluster%3Ddemo') && ++count === looks) act();
      return world.answer(request, response);
    },
    images: world.images,
    containers: world.containers,
    networks: world.networks,
    volumes: world.volumes,
  });
  const run = await runRmsx(up, { ...options, env: engine.env });
  return { ...run, writes: engine.writes };
}

const ended = async (): Promise<string> => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return `${hostname()}/${child.pid}/1`;
};

describe('up while another rmsx makes the cluster', () => {
  test('must wait, say for whom, and go on when that one has ended', async () => {
    const world = lockedBy(thisProcess());
    const { code, stderr } = await upWith(world, { looks: 4, act: () => unlock(world) });
    expect([code, [...world.made].sort()]).toEqual([0, [...madeByUp].sort()]);
    const who = `process ${process.pid} on ${hostname()}, since 2023-11-14T22:13:20Z`;
    expect(stderr.split('\n')[0]).toBe(`… waiting: another rmsx is changing demo (${who})`);
    expect(stderr.match(/waiting: another rmsx/g)).toHaveLength(1);
  });

  test('must end with 5 when its time is up, name the process, and have made nothing', async () => {
    const world = lockedBy(thisProcess());
    const { code, stdout, stderr } = await runAgainst(world, [...up, '--timeout', '3s', '--json']);
    assertValid('error', JSON.parse(stdout));
    expect([code, world.made]).toEqual([5, ['/demo-lock']]);
    const { message, hint } = JSON.parse(stdout).error;
    expect(message).toMatch(
      /^Another rmsx is changing demo just now \(process \d+ on .*\)\. It was waited for until the time was up\.$/,
    );
    expect(hint).toBe(`Wait longer: --timeout 5m, or end it: kill ${process.pid}`);
    expect(stderr).toContain('✗ given up');
  });

  test('must name what is to be removed where the other one is on another machine', async () => {
    const { code, stderr } = await runAgainst(lockedBy('build-7/4711/1'), [...up, '--timeout', '3s']);
    expect([code, stderr]).toEqual([5, expect.stringContaining('process 4711 on build-7')]);
    expect(stderr).toContain(
      'Where it was killed on another machine, or before this one was started anew: docker rm -v demo-lock',
    );
  });

  test('must end with 130 on SIGINT, at once, and have made nothing', async () => {
    const world = lockedBy(thisProcess());
    let interrupt = (): void => undefined;
    const { code } = await upWith(world, {
      looks: 3,
      act: () => interrupt(),
      onStart: (kill) => {
        interrupt = () => kill('SIGINT');
      },
    });
    expect([code, world.made]).toEqual([130, ['/demo-lock']]);
  });

  test('must wait for nothing with --dry-run', async () => {
    const { code, stdout, writes } = await runAgainst(lockedBy(thisProcess()), [...up, '--dry-run']);
    expect([code, writes]).toEqual([0, []]);
    expect(stdout).toContain('create network demo_app_net');
  });

  test('must report at once what is wrong with what is asked for', async () => {
    const { code, writes } = await runAgainst(lockedBy(thisProcess()), [...up, '--subnet', '172.19.0.0/31']);
    expect([code, writes]).toEqual([2, []]);
  });
});

describe('the lock of a new cluster', () => {
  test('must be taken before anything is made, and given back after everything else', async () => {
    const { code, requests } = await runAgainst(new MakingWorld(), [...up, '--ephemeral']);
    const changes = requests
      .filter((request) => !/^(GET|HEAD) /.test(request))
      .map((request) => request.replace(/\?name=([\w-]+).*/, ' $1').replace(/\?.*/, ''));
    expect(code).toBe(0);
    expect(changes[0]).toBe('POST /containers/create demo-lock');
    expect(changes.at(-1)).toBe('DELETE /containers/con100000000');
    expect(changes.filter((change) => change.includes('-lock'))).toHaveLength(1);
  });

  test('must be taken over where its process was killed', async () => {
    const world = lockedBy(await ended());
    const { code, stderr } = await runAgainst(world, up);
    expect([code, stderr]).toEqual([0, expect.stringContaining('has been killed; taking over')]);
    expect([...world.made].sort()).toEqual([...madeByUp].sort());
  });

  test('must be given back after a failure, when what was made is gone', async () => {
    const world = new MakingWorld((request) => (request.includes('/start') ? [500, 'disk on fire'] : undefined));
    const { code, writes } = await runAgainst(world, up);
    expect([code, world.made]).toEqual([1, []]);
    expect(writes.at(-1)).toBe('DELETE /containers/con100000000?force=true&v=true');
  });

  test('must not outlive a run that never learned that it has it', async () => {
    let isLost = false;
    const world = new MakingWorld();
    await using engine = await StubEngine.start({
      images: world.images,
      containers: world.containers,
      answer: (request, response) => {
        if (isLost || !request.url?.includes('demo-lock')) return world.answer(request, response);
        isLost = true;
        response.end = (() => response.destroy()) as never; // made, and never told
        return world.answer(request, response);
      },
    });
    const { code } = await runRmsx(up, { env: engine.env });
    expect([isLost, code, world.made]).toEqual([true, 6, []]);
  });

  test('must be given back where the first request for that fails', async () => {
    let isLost = false;
    const world = new MakingWorld((request) => {
      if (isLost || !request.startsWith('DELETE /containers/con10000')) return undefined;
      isLost = true;
      return [500, 'disk on fire'];
    });
    const { code, stderr } = await runAgainst(world, [...up, '--ephemeral']);
    expect([isLost, code, stderr]).toEqual([true, 0, expect.not.stringContaining('left behind')]);
    expect(world.made).not.toContain('/demo-lock');
  });

  test('that stays must be told, and must not make a success a failure', async () => {
    const world = new MakingWorld((request) =>
      request.startsWith('DELETE /containers/con10000') ? [500, 'disk on fire'] : undefined,
    );
    const { code, stderr } = await runAgainst(world, [...up, '--ephemeral']);
    expect([code, world.made]).toEqual([0, expect.arrayContaining(['/demo-lock', '/demo-master'])]);
    expect(stderr).toContain('warning: left behind: the lock demo-lock.');
    expect(stderr).toContain('Remove it: docker rm -v demo-lock');
  });

  test('must not be taken for held where somebody else has a container of its name', async () => {
    const world = new MakingWorld((request) =>
      request.includes('name=demo-lock') ? [409, 'The container name "/demo-lock" is already in use'] : undefined,
    );
    world.containers.push(listedContainer('demo-lock') as { Id: string });
    const { code, stderr } = await runAgainst(world, up);
    expect([code, world.made]).toEqual([5, []]);
    expect(stderr).toContain('rmsx: The container demo-lock is there, and rmsx did not make it.');
    expect(stderr).toContain('hint: Rename it: docker rename demo-lock NAME');
  });
});

describe('what a run that was killed had asked for, and comes a moment later,', () => {
  test.each([
    [
      'a container',
      'POST /containers/create?name=demo-master',
      'The container name "/demo-master" is already in use',
      'started demo',
    ],
    [
      'the network',
      'POST /networks/create',
      'network with name demo_app_net already exists',
      'something has come that was not there; looking again',
    ],
  ])('must not stop the next one: %s', async (_, route, text, words) => {
    let isMet = false;
    const world = new MakingWorld((request) => {
      if (isMet || !request.startsWith(route)) return undefined;
      isMet = true;
      return [409, text];
    });
    const { code, stderr } = await runAgainst(world, up);
    expect([code, [...world.made].sort()]).toEqual([0, [...madeByUp].sort()]);
    expect(stderr).toContain(words);
  });

  test('must be told where it goes on', async () => {
    const world = new MakingWorld((request) =>
      request.startsWith('POST /networks/create') ? [409, 'network with name demo_app_net already exists'] : undefined,
    );
    const { code, stderr } = await runAgainst(world, up);
    expect([code, world.made]).toEqual([5, []]);
    expect(stderr).toContain('hint: Somebody made it just now.');
  });
});

describe('down of what an rmsx has begun to make', () => {
  test('must be refused at once while that one is at work', async () => {
    const world = lockedBy(thisProcess());
    const { code, stderr } = await runAgainst(world, ['down', '-n', 'demo']);
    expect([code, world.made]).toEqual([5, ['/demo-lock']]);
    expect(stderr).toContain(`hint: Try again when it has ended, or end it: kill ${process.pid}`);
  });

  test('must remove it where that one was killed, its lock too', async () => {
    const world = lockedBy(await ended());
    world.networks.push({ Id: 'n', Name: 'demo_app_net', Labels: { 'rmsx.cluster': 'demo' } });
    expect([(await runAgainst(world, ['down', '-n', 'demo'])).code, world.made]).toEqual([0, []]);
  });
});
