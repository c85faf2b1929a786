import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { MakingWorld, type Refusal } from '../helpers/making-world.ts';
import { type Run, type RunOptions, runRmsx } from '../helpers/run-rmsx.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, StubEngine } from '../helpers/stub-engine.ts';
import { cluster, node, record } from '../helpers/values.ts';

const directory = mkdtempSync(join(tmpdir(), 'rmsx-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const files = renderConf(record(cluster(0, { name: 'demo' })), node('master', null), 'secret', template);

/** Gives the conf of the one node. */
const giveConf: Answer = ({ method, url = '' }, response) => {
  if (method !== 'GET' || !url.includes('/archive')) return false;
  void sendArchive(response, files);
  return true;
};

/** Labels of a network that nobody is said to take down. */
const notHeld: unknown = expect.not.objectContaining({ 'rmsx.held': expect.anything() });

interface Seen extends Run {
  readonly world: MakingWorld;
  readonly writes: readonly string[];
}

const flags = ['run', '-n', 'demo', '--replicas', '0', '--no-wait'];
const isolated = [...flags, '--isolated'];

/** Runs a command with a cluster of one node, on an engine that keeps what it is asked to make. */
async function run(args: readonly string[], options: RunOptions = {}, world = new MakingWorld()): Promise<Seen> {
  await using engine = await StubEngine.start(world.behind(giveConf));
  const env = { ...engine.env, RMSX_PASSWORD: 'secret', ...options.env };
  const seen = await runRmsx(args, { ...options, env });
  return { ...seen, world, writes: engine.writes };
}

/** A command that tells when it has begun, so that a signal finds it at work. */
function beginning(line: string, name: NodeJS.Signals, again?: NodeJS.Signals): [readonly string[], RunOptions] {
  const mark = join(directory, `begun-${Math.random()}`);
  const onStart: RunOptions['onStart'] = (kill) => {
    const timer = setInterval(() => {
      if (!existsSync(mark)) return;
      clearInterval(timer);
      kill(name);
      if (again) setTimeout(() => kill(again), 300);
    }, 10);
  };
  return [
    [...isolated, '--', 'node', '-e', `${line}; require('fs').writeFileSync(${JSON.stringify(mark)}, '')`],
    { onStart },
  ];
}

/** One that has ended, and that nobody has asked about, is still in the list. */
function isAtWork(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('run', () => {
  test('must give the command the variables of env, its streams, and pass its code on', async () => {
    const script = 'read line; echo "$line $RMSX_NAME $REDIS_HOST $REDIS_PASSWORD"; echo "$REDIS_URL" >&2; exit 42';
    const { code, stdout, stderr } = await run([...isolated, '-q', '--', 'sh', '-c', script], { stdin: 'typed\n' });
    expect([code, stdout]).toEqual([42, 'typed demo 127.0.0.1 secret\n']);
    expect(stderr).toMatch(/^redis:\/\/:secret@127\.0\.0\.1:\d+\n$/);
  });

  test('must take everything away that it made, volumes too', async () => {
    const { code, world, writes } = await run([...flags, '--subnet', 'auto', '--base-port', 'auto', '--', 'true']);
    expect([code, world.made]).toEqual([0, []]);
    expect(writes).toContain('DELETE /volumes/demo-master-data');
  });

  test('must keep the data of a cluster that was down, and take the rest away', async () => {
    const world = new MakingWorld();
    const Labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'slave-7', 'rmsx.purpose': 'data', 'rmsx.run': 'x' };
    world.volumes.push({ Name: 'demo-slave-7-data', Labels });
    const { code, writes } = await run([...isolated, '--', 'true'], {}, world);
    expect(code).toBe(0);
    expect(world.made).toEqual(['demo-slave-7-data']);
    expect(writes.filter((write) => write.startsWith('DELETE /networks'))).toHaveLength(1);
  });

  test('must leave a cluster up that was up before, and say so', async () => {
    const world = new MakingWorld();
    const Labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.topology': 'star' };
    world.containers.push(
      listedContainer('demo-master', { Id: 'id-master', Image: 'redis:8.0', Labels }) as { Id: string },
    );
    world.networks.push({ Id: 'net', Name: 'demo_app_net', Labels: { 'rmsx.cluster': 'demo' } });
    Object.assign(world.networks[0] ?? {}, { IPAM: { Config: [{ Subnet: '172.19.0.0/24' }] } });
    const { code, stdout, stderr } = await run([...flags, '--', 'sh', '-c', 'echo at work'], {}, world);
    expect([code, stdout]).toEqual([0, 'at work\n']);
    expect(stderr).toContain('demo was there before: it stays as it is\n');
    expect(world.made).toEqual(['/demo-master', 'demo_app_net']);
  });

  test('--retain must leave a cluster whose command has failed, and name what shows and removes it', async () => {
    const failed = await run([...isolated, '--retain', '--', 'false']);
    expect([failed.code, failed.world.made]).toEqual([1, expect.arrayContaining(['/demo-master'])]);
    expect(failed.stderr).toContain('rmsx status -n demo\n');
    expect(failed.stderr).toContain('rmsx down --volumes -n demo\n');
    expect(failed.world.networks).toEqual([expect.objectContaining({ Labels: notHeld })]); // or the next gc would take it
    const well = await run([...isolated, '--retain', '--', 'true']);
    expect([well.code, well.world.made]).toEqual([0, []]);
  });

  test('--dry-run must print what up would do, and start nothing', async () => {
    const { code, stdout, writes } = await run([...isolated, '--dry-run', '--', 'false']);
    expect([code, writes]).toEqual([0, []]);
    expect(stdout).toContain('create container demo-master');
  });
});

describe('up --format github', () => {
  const up = async (args: readonly string[]): Promise<Run> => {
    await using engine = await StubEngine.start(new MakingWorld().behind(giveConf));
    const env = { ...engine.env, RMSX_PASSWORD: 'secret' };
    return await runRmsx(['up', ...flags.slice(1), '--isolated', ...args], { env });
  };

  test('must print the variables of env, and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await up(['--format', 'github']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^REDIS_URL=redis:\/\/:secret@127\.0\.0\.1:\d+\n(\w+=.*\n)+RMSX_NAME=demo\n$/);
    expect(stderr).not.toContain('secret');
  });

  test('must be refused where nothing is made, and by run, whose stdout is that of the command', async () => {
    const { code, stderr } = await up(['--format', 'github', '--dry-run']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--format github: --dry-run makes nothing')]);
    const refused = await run([...isolated, '--format', 'github', '--', 'true']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('"github" is not one of')]);
  });
});

describe('a command that cannot be started must end like in a shell, with nothing made:', () => {
  const plain = join(directory, 'plain');
  writeFileSync(plain, 'echo hello\n', { mode: 0o644 });

  test.each([
    ['nobody-has-this', 127, 'There is no program nobody-has-this in the PATH.'],
    ['npm test', 127, 'The words of a command stand apart: rmsx run -- npm test'],
    ['./nobody-has-this', 127, 'There is no program ./nobody-has-this.'],
    [plain, 126, `${plain} is not a program that can be executed.`],
    [directory, 126, `${directory} is not a program that can be executed.`],
  ])('%s', async (program, code, text) => {
    const seen = await run([...isolated, '--', program]);
    expect([seen.code, seen.stdout, seen.writes]).toEqual([code, '', []]);
    expect(seen.stderr).toContain(text);
  });

  test('a script whose interpreter is not there is found out later: what was made is gone', async () => {
    const script = join(directory, 'script');
    writeFileSync(script, '#!/nonexistent/interpreter\n', { mode: 0o755 });
    const { code, world } = await run([...isolated, '--', script]);
    expect([code, world.made]).toEqual([127, []]);
  });
});

describe('wrong usage must make nothing and exit 2:', () => {
  test.each([
    [isolated, 'run: name a command'],
    [[...isolated, 'npm', 'test'], 'rmsx run -- npm test'],
    [[...isolated, '--', ''], 'run: name a command'],
    [[...isolated, '--replicas', '-1', '--', 'true'], '--replicas'],
  ])('%j', async (args, text) => {
    const { code, stderr, writes } = await run(args);
    expect([code, writes]).toEqual([2, []]);
    expect(stderr).toContain(text);
  });

  test('--json, as stdout belongs to the command', async () => {
    const { code, stdout, writes } = await run([...isolated, '--json', '--', 'true']);
    expect([code, writes]).toEqual([2, []]);
    expect(JSON.parse(stdout).error.message).toBe('--json: stdout belongs to the command');
  });

  test('but what stands behind -- is nobody else’s business', async () => {
    const { code, stdout } = await run([...isolated, '--', 'echo', '--json', '--help', '-n', '--', 'x']);
    expect([code, stdout]).toEqual([0, '--json --help -n -- x\n']);
  });
});

describe('what fails around the command', () => {
  test('up must exit with its own code, and the command must not begin', async () => {
    const refuse: Refusal = (request) =>
      request.includes('/networks/create') ? [500, 'no networks today'] : undefined;
    const { code, stdout, world } = await run([...isolated, '--', 'echo', 'begun'], {}, new MakingWorld(refuse));
    expect([code, stdout, world.made]).toEqual([1, '', []]);
  });

  test.each([
    ['true', 1],
    ['exit 42', 42],
  ])('down must be told, and the code of a command that failed must stay: %s', async (line, expected) => {
    const refuse: Refusal = (request) => (/^DELETE \/networks/.test(request) ? [500, 'stuck'] : undefined);
    const { code, stderr } = await run([...isolated, '--', 'sh', '-c', line], {}, new MakingWorld(refuse));
    expect(code).toBe(expected);
    expect(stderr).toContain('stuck');
    expect(stderr).toContain('Remove what is left: rmsx down --volumes -n demo\n');
  });
});

test('a container whose files the engine could not take away at once must be gone all the same', async () => {
  const asked = new Set<string>();
  const refuse: Refusal = (request) => {
    if (!/^DELETE \/containers\//.test(request) || asked.has(request)) return undefined;
    asked.add(request);
    return [500, 'driver "overlay2" failed to remove root filesystem: unlinkat /x: directory not empty'];
  };
  const { code, world } = await run([...isolated, '--', 'true'], {}, new MakingWorld(refuse));
  expect([code, world.made, asked.size > 2]).toEqual([0, [], true]);
});

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s must reach the command, and everything must be gone then', async (name, code) => {
    const { world, ...seen } = await run(...beginning('setInterval(() => {}, 1000)', name));
    expect([seen.code, world.made]).toEqual([code, []]);
  });

  test('that ends the command itself must be told as a shell does', async () => {
    const { code, world } = await run([...isolated, '--', 'sh', '-c', 'kill -KILL $$']);
    expect([code, world.made]).toEqual([137, []]);
  });

  test('that the command handles must leave it its own code', async () => {
    const line = "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000)";
    const { code, world } = await run(...beginning(line, 'SIGTERM'));
    expect([code, world.made]).toEqual([9, []]);
  });

  test('that the command does not heed must end it by force after some seconds', async () => {
    const line = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
    const { code, stderr, world, durationMs } = await run(...beginning(line, 'SIGTERM'));
    expect([code, world.made]).toEqual([137, []]);
    expect(stderr).toContain('the command did not end within 5 s of SIGTERM: killing it\n');
    expect(durationMs).toBeGreaterThan(5000);
  });

  test('that is the second one must end everything at once, the command too, and name what cleans up', async () => {
    const line = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log(process.pid)";
    const { code, stdout, stderr, world, durationMs } = await run(...beginning(line, 'SIGTERM', 'SIGINT'));
    expect([code, world.made]).toEqual([130, expect.arrayContaining(['/demo-master'])]);
    expect(stderr).toContain('hint: Remove what is left: rmsx down --volumes -n demo\n');
    expect(durationMs).toBeLessThan(5000);
    await expect.poll(() => isAtWork(Number(stdout))).toBe(false);
  });
});
