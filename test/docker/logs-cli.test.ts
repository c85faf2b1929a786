import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCluster } from './support/cluster.ts';
import { docker, eventually, rmsx } from './support/run.ts';
import { startOnTerminal, startPiped, told } from './support/running.ts';

const cluster = new TestCluster('logs');
const place = mkdtempSync(join(tmpdir(), 'rmsx-logs-'));

beforeAll(() => cluster.up('--replicas', '1', '--ephemeral'));
afterAll(async () => {
  rmSync(place, { recursive: true });
  await cluster.remove();
});

const times = (whole: string, part: string): number => whole.split(part).length - 1;

test('the logs of all nodes must be complete, and be exported as they are', async () => {
  const { code, stdout } = await cluster.rmsx('logs');
  const theirs = (await docker('logs', cluster.container('slave-1'))).split('\n');
  const ours = stdout.split('\n').filter((line) => line.startsWith('slave-1 | '));
  expect([code, stdout.includes('master | ')]).toEqual([0, true]);
  expect(ours.slice(0, theirs.length)).toEqual(theirs.map((line) => `slave-1 | ${line.trimEnd()}`));
  const directory = join(place, 'export');
  expect((await cluster.rmsx('logs', '--export', directory)).code).toBe(0);
  const exported = readFileSync(join(directory, 'slave-1.log'), 'utf8').split('\n');
  for (const line of theirs) expect(exported).toContain(line.trimEnd());
});

test('logs -f must tell what comes, once, and go on after a restart of the node', async () => {
  const following = startPiped(['logs', '-f', 'slave-1', '-n', cluster.name]);
  const starts = (): number => times(following.text(), 'Server initialized');
  try {
    await eventually('the log is followed', async () => starts() === 1);
    for (const count of [2, 3]) {
      await docker('restart', '-t', '1', cluster.container('slave-1'));
      await eventually('the line of the restart', async () => starts() === count);
    }
  } finally {
    following.kill('SIGINT');
  }
  expect(await following.ended).toBe(130);
  expect(starts()).toBe(3);
});

test('cli must run one command or a pipe of them, keep every byte, and pass on the exit code', async () => {
  const cli = (args: readonly string[], input = ''): ReturnType<typeof rmsx> =>
    rmsx(['-n', cluster.name, 'cli', ...args], { input });
  expect(await cli(['master'], 'SET a 1\nGET a\n')).toEqual({ code: 0, stdout: 'OK\n1\n', stderr: '' });
  await cli(['master', '-x', 'SET', 'binary'], 'a\0\r\n');
  expect((await cli(['master', '--no-raw', 'GET', 'binary'])).stdout).toBe('"a\\x00\\r\\n"\n');
  expect((await cli(['master', '-e', 'NOPE'])).code).toBe(1);
  const refused = await cli(['replica-1', '-e', 'SET', 'a', '2']);
  expect(refused.stderr + refused.stdout).toMatch(/READONLY/);
});

/** What the engine tells of something to everybody who may ask it. */
function engineSays(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath: '/var/run/docker.sock', path }, (reply) => resolve(text(reply)))
      .on('error', reject)
      .end();
  });
}

test('the password must be nowhere while redis-cli runs, and nothing be left when it is ended', async () => {
  const sinceSeconds = Math.floor(Date.now() / 1000);
  const container = cluster.container('master');
  const monitor = startPiped(['-n', cluster.name, 'cli', 'master', 'MONITOR']);
  const top = (): Promise<string> => docker('top', container, '-eo', 'pid,args');
  const seen: string[] = [];
  try {
    await told(monitor, 'OK');
    expect(await top()).toMatch(/redis-cli.* MONITOR/);
    const [{ ExecIDs }] = JSON.parse(await docker('inspect', container)) as [{ ExecIDs: readonly string[] }];
    expect(ExecIDs.length).toBeGreaterThan(0);
    seen.push(await top(), await docker('inspect', container), await engineSays(`/exec/${ExecIDs[0]}/json`));
  } finally {
    monitor.kill('SIGINT');
  }
  expect(await monitor.ended).toBe(130);
  await eventually('redis-cli has ended', async () => !(await top()).includes('redis-cli'));
  const until = String(Math.ceil(Date.now() / 1000));
  seen.push(await docker('events', '--since', String(sinceSeconds), '--until', until));
  seen.push(await docker('logs', container));
  const password = await cluster.password();
  expect(seen.map((said) => said.includes(password))).toEqual([false, false, false, false, false]);
});

test('on a terminal lines must be editable, and the terminal be as before when redis-cli has ended', async () => {
  const around = 'stty -g; rmsx; echo "code $?"; stty -g';
  const terminal = startOnTerminal(['-n', cluster.name, 'cli', 'master'], { columns: 80, rows: 24 }, around);
  const prompts = (): number => times(terminal.text().replaceAll('\u001b[0G', '\n'), '> ');
  try {
    await eventually('a prompt', async () => prompts() > 0);
    terminal.type('SET k 41\r');
    await told(terminal, '\nOK');
    terminal.type('\u001b[A'); // the line of before
    terminal.type('\u007f2\r');
    await eventually('the second reply', async () => times(terminal.text(), '\nOK') === 2);
    terminal.type('\u0004');
    await told(terminal, 'code 0');
    await terminal.ended;
  } finally {
    terminal.kill('SIGTERM');
  }
  const settings = terminal.text().match(/^[0-9a-f]+(:[0-9a-f]+){10,}$/gm) ?? [];
  expect(settings).toHaveLength(2);
  expect(settings[1]).toBe(settings[0]);
  expect(terminal.text()).not.toContain(await cluster.password());
  expect(await (await cluster.client('master')).get('k')).toBe('42');
});

test('a terminal that is closed must end rmsx cli quietly, and leave no redis-cli in the node', async () => {
  const said = join(place, 'said');
  const ended = join(place, 'ended');
  const around = `trap : HUP; (exec rmsx 2> '${said}'); echo $? > '${ended}'`;
  const terminal = startOnTerminal(['-n', cluster.name, 'cli', 'master'], { columns: 80, rows: 24 }, around);
  await told(terminal, '> ');
  terminal.kill('SIGKILL');
  await eventually('the end of rmsx', async () => existsSync(ended) && readFileSync(ended, 'utf8') !== '');
  expect([readFileSync(ended, 'utf8'), readFileSync(said, 'utf8')]).toEqual(['129\n', 'rmsx: Stopped by SIGHUP.\n']);
  await eventually('redis-cli has ended', async () => {
    return !(await docker('top', cluster.container('master'), '-eo', 'pid,args')).includes('redis-cli');
  });
});

/** What runs in the container of the master. */
const processes = (): Promise<string> => docker('top', cluster.container('master'), '-eo', 'pid,args');
const noRedisCli = (): Promise<true> => {
  return eventually('redis-cli has ended', async () => !(await processes()).includes('redis-cli'));
};
const isGuarded = async (): Promise<boolean> => (await processes()).includes('read -r over');

test('rmsx cli that is killed must leave no redis-cli in the node', async () => {
  const monitor = startPiped(['-n', cluster.name, 'cli', 'master', 'MONITOR']);
  await told(monitor, 'OK');
  await eventually('a guard', isGuarded);
  monitor.kill('SIGKILL');
  await monitor.ended;
  await noRedisCli();
});

test('Ctrl-C must end rmsx cli where the node was paused, and redis-cli when it is no longer', async () => {
  const around = 'stty -g; rmsx; echo "code $?"; stty -g';
  const terminal = startOnTerminal(['-n', cluster.name, 'cli', 'master'], { columns: 80, rows: 24 }, around);
  const container = cluster.container('master');
  try {
    await told(terminal, '> ');
    await eventually('a guard', isGuarded);
    await docker('pause', container);
    terminal.type('\u0003');
    await told(terminal, 'code 130');
    await terminal.ended;
  } finally {
    terminal.kill('SIGTERM');
    await docker('unpause', container);
  }
  const [before, after] = terminal.text().match(/^[0-9a-f]+(:[0-9a-f]+){10,}$/gm) ?? [];
  expect(after).toBe(before);
  await noRedisCli();
});
