import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { StubEngine } from '../helpers/stub-engine.ts';

interface Scene {
  readonly flags?: readonly string[];
  /** Called when a container is asked to start: what is made by then has to be taken back. @returns when it is answered */
  onStarting(kill: (signal: NodeJS.Signals) => void): Promise<unknown>;
  /** Called when the first thing is taken back. @returns when it is answered, or null for never */
  onTakingBack(kill: (signal: NodeJS.Signals) => void): Promise<unknown> | null;
}

interface Seen extends Run {
  readonly world: MakingWorld;
  /** From the first thing that was taken back to the end. */
  readonly endedMs: number;
}

/** Runs `up` against an engine that is slow at the start of a container, and slow or dead when things are taken back. */
async function upWith({ flags = ['-n', 'demo'], onStarting, onTakingBack }: Scene): Promise<Seen> {
  const world = new MakingWorld();
  const { containers, networks, volumes, images } = world;
  let kill: (signal: NodeJS.Signals) => void = () => undefined;
  let takenBackMs = 0;
  const late = (
    request: Parameters<typeof world.answer>[0],
    response: ServerResponse,
    when: Promise<unknown>,
  ): true => {
    void when.then(() => world.answer(request, response));
    return true;
  };
  await using engine: StubEngine = await StubEngine.start({
    ...{ containers, networks, volumes, images },
    answer: (request, response) => {
      if (request.method === 'POST' && request.url?.includes('/start'))
        return late(request, response, onStarting(kill));
      if (request.method !== 'DELETE' || takenBackMs > 0) return world.answer(request, response);
      takenBackMs = performance.now();
      const answered = onTakingBack(kill);
      return answered === null || late(request, response, answered);
    },
  });
  const run = await runRmsx(['up', '--replicas', '0', '--no-wait', '--base-port', 'auto', ...flags], {
    env: engine.env,
    onStart: (send) => {
      kill = send;
    },
  });
  return { ...run, world, endedMs: performance.now() - takenBackMs };
}

/** A signal comes when something is taken back, which is answered after some time, or never. */
const sending = (name: NodeJS.Signals, answeredMs?: number): Scene['onTakingBack'] => {
  return (kill) => {
    kill(name);
    return answeredMs === undefined ? null : pause(answeredMs);
  };
};

/** The first signal comes while a container starts. */
const signalled = (name: NodeJS.Signals): Scene['onStarting'] => {
  return (kill) => {
    kill(name);
    return pause(300);
  };
};

describe('a second signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s must end it at once, in the middle of taking back, and name what cleans up', async (name, code) => {
    const seen = await upWith({ onStarting: signalled('SIGINT'), onTakingBack: sending(name) });
    expect([seen.code, seen.stdout]).toEqual([code, '']);
    expect(seen.endedMs).toBeLessThan(1000);
    expect(seen.stderr).toContain(`rmsx: Ended at once by a second signal (${name})`);
    expect(seen.stderr).toContain('rmsx gc -n demo --older-than 0s --dry-run\n');
    expect(seen.stderr).toContain('rmsx gc -n demo --older-than 0s\n');
    expect(seen.world.made).toContain('demo_app_net');
  });

  test.each([
    [['-n', 'demo', '--json'], 'demo'],
    [['--isolated', '--format', 'json'], 'rmsx-[0-9a-f]{8}'],
    [['--json'], 'redis-server'],
  ])('must leave one valid document with %j, which names the cluster', async (flags, cluster) => {
    const scene: Scene = { flags, onStarting: signalled('SIGINT'), onTakingBack: sending('SIGTERM') };
    const { code, stdout } = await upWith(scene);
    const document = JSON.parse(stdout);
    assertValid('error', document);
    expect([code, document.error.code, document.error.exitCode]).toEqual([143, 'terminated', 143]);
    expect(document.error.hint).toMatch(new RegExp(`rmsx gc -n ${cluster} --older-than 0s$`));
  });
});

describe('a first signal', () => {
  test('must be followed by taking everything back, however long the engine takes', async () => {
    const seen = await upWith({ onStarting: signalled('SIGTERM'), onTakingBack: () => pause(4900) });
    expect([seen.code, seen.world.made]).toEqual([143, []]);
    expect(seen.stderr).toContain('what this run made is removed');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGHUP', 143],
  ] as const)('must be followed by taking everything back: %s', async (name, code) => {
    const seen = await upWith({ onStarting: signalled(name), onTakingBack: () => pause(100) });
    expect([seen.code, seen.world.made]).toEqual([code, []]);
  });

  test('must be one where it comes twice at once, as `timeout` and npm send it', async () => {
    const onStarting: Scene['onStarting'] = (kill) => {
      kill('SIGTERM');
      void pause(10).then(() => kill('SIGTERM'));
      return pause(300);
    };
    const seen = await upWith({ onStarting, onTakingBack: () => pause(100) });
    expect([seen.code, seen.world.made]).toEqual([143, []]);
  });

  test('must leave everything as it is with --retain, and name what shows it', async () => {
    const flags = ['-n', 'demo', '--retain'];
    const seen = await upWith({ flags, onStarting: signalled('SIGTERM'), onTakingBack: () => pause(0) });
    expect([seen.code, seen.world.made]).toEqual([143, expect.arrayContaining(['/demo-master', 'demo_app_net'])]);
    expect(seen.stderr).toContain('everything is left as it is; look at it: rmsx status -n demo\n');
  });

  const flags = ['-n', 'demo', '--timeout', '2s'];
  const timedOut = (): Promise<unknown> => pause(2500);

  test('must not cut off what is taken back because the time was up', async () => {
    const seen = await upWith({ flags, onStarting: timedOut, onTakingBack: sending('SIGINT', 500) });
    expect([seen.code, seen.world.made]).toEqual([124, []]);
  });

  test('is one of two all the same when the time was up: the second must end it at once', async () => {
    const onTakingBack: Scene['onTakingBack'] = (kill) => {
      kill('SIGINT');
      void pause(200).then(() => kill('SIGINT'));
      return null;
    };
    const seen = await upWith({ flags, onStarting: timedOut, onTakingBack });
    expect([seen.code, seen.world.made]).toEqual([130, expect.arrayContaining(['demo_app_net'])]);
    expect(seen.endedMs).toBeLessThan(1200);
  });
});
