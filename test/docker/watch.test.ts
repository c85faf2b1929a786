import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChaosProxy } from './support/chaos-proxy.ts';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually } from './support/run.ts';
import { startOnTerminal, startPiped, told } from './support/running.ts';

const cluster = new TestCluster('watch');

beforeAll(async () => {
  await cluster.up('--replicas', '2', '--ephemeral');
});
afterAll(() => cluster.remove());

const watching = ['status', '-w', '0.5', '-n', cluster.name];

test('a replica that stops and comes back must be told line by line, and the engine be asked little', async () => {
  const proxy = new ChaosProxy(`${cluster.name}-${randomBytes(3).toString('hex')}`);
  await proxy.listen();
  const watch = startPiped(watching, proxy.env);
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
  const watch = startOnTerminal(watching, { columns: 70, rows: 8 });
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
