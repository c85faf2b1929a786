import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChaosProxy } from './support/chaos-proxy.ts';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually } from './support/run.ts';

const bin = fileURLToPath(new URL('../../bin/rmsx.js', import.meta.url));
const cluster = new TestCluster('watch');

beforeAll(async () => {
  await cluster.up('--replicas', '2', '--ephemeral');
});
afterAll(() => cluster.remove());

/** A watch that runs. */
interface Watch {
  /** Everything it has written so far, without carriage returns. */
  text(): string;
  type(text: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Watch {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    text: () => text.replaceAll('\r', ''),
    type: (typed) => void child.stdin.write(typed),
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}

const watching = ['status', '-w', '0.5', '-n', cluster.name];
const piped = (env: NodeJS.ProcessEnv = {}): Watch => start(process.execPath, [bin, ...watching], env);
const told = (watch: Watch, line: string): Promise<true> =>
  eventually(line, async () => watch.text().includes(line) || false);

test('a replica that stops and comes back must be told line by line, and the engine be asked little', async () => {
  const proxy = new ChaosProxy(`${cluster.name}-${randomBytes(3).toString('hex')}`);
  await proxy.listen();
  const watch = piped(proxy.env);
  try {
    await told(watch, 'cluster healthy: star, master: master, nodes: 3 (running: 3)\n');
    await docker('stop', '-t', '1', cluster.container('slave-1'));
    await told(watch, ' -> stopped\n'); // over unreachable, where the look comes in between
    await told(watch, ' slave-1 warning: slave-1 is stopped\n');
    await docker('start', cluster.container('slave-1'));
    await told(watch, ' slave-1 source: ? -> master\n');
    await told(watch, ' cluster health: degraded -> healthy\n');
    const settled = proxy.routes.length;
    const lines = watch.text();
    await eventually('five more looks', async () => proxy.routes.length >= settled + 5);
    expect(watch.text()).toBe(lines); // nothing has changed
    const looks = proxy.routes.slice(settled).filter((route) => route === 'GET /containers/json');
    // A stamp every 10 s is the most that may come on top of the lists.
    expect(proxy.routes.length - settled - looks.length).toBeLessThanOrEqual(1);
    const archives = proxy.routes.filter((route) => route === 'GET /containers/:id/archive');
    expect(archives.length).toBeLessThanOrEqual(2);
  } finally {
    watch.kill('SIGINT');
    const code = await watch.ended;
    await proxy.close();
    expect(code).toBe(130);
  }
});

/** On a terminal of its own, of this size. */
const onTerminal = (columns: number, rows: number): Watch => {
  const line = `stty cols ${columns} rows ${rows}; exec "${process.execPath}" "${bin}" ${watching.join(' ')}`;
  return start('script', ['-qec', line, '/dev/null'], { TERM: 'xterm', LANG: 'C.UTF-8', NO_COLOR: '1' });
};

/** What the screen shows, as a terminal makes it of what is written. */
function screenOf(text: string): readonly string[] {
  const [last = ''] = text
    .split('\u001b[H')
    .filter((frame) => frame.includes('NODE'))
    .slice(-1);
  return last.replaceAll('\u001b[K', '').replaceAll('\u001b[J', '').trimEnd().split('\n');
}

test('on a terminal there must be one table that fits, and Ctrl-C must leave the terminal as it was', async () => {
  const client = await cluster.client('master');
  const watch = onTerminal(70, 8);
  await eventually('three pictures', async () => {
    await client.set('a', 'b');
    return watch.text().split('LAG TREND').length > 3 && / {2}writes [1-9]\d*\/s/.test(watch.text());
  });
  const screen = screenOf(watch.text());
  expect(screen.filter((line) => line.startsWith('NODE'))).toHaveLength(1);
  expect(screen.filter((line) => /^(master|slave-\d) /.test(line))).toHaveLength(3);
  expect(screen.length).toBeLessThanOrEqual(8);
  expect(Math.max(...screen.map((line) => line.length))).toBeLessThanOrEqual(70);
  expect(watch.text()).toContain('\u001b[?25l');
  watch.type('\u0003');
  expect(await watch.ended).toBe(130);
  expect(watch.text().trimEnd().endsWith('\u001b[?1049l\u001b[?25h')).toBe(true);
});
