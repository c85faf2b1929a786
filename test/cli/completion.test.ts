import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { listedContainer, StubEngine } from '../helpers/stub-engine.ts';

const volumes = ['demo', 'other', 'x$(reboot)'].map((cluster) => ({
  Name: `v-${cluster}`,
  Labels: { 'rmsx.cluster': cluster, 'rmsx.purpose': 'data', 'rmsx.run': 'r' },
}));

/** The shells find rmsx on PATH, as users' shells do. */
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'rmsx-completion-'));
  const bin = new URL('../../bin/rmsx.js', import.meta.url).pathname;
  writeFileSync(join(directory, 'rmsx'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(join(directory, 'rmsx'), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const env = (more: object = {}) => ({ PATH: `${directory}:${process.env.PATH}`, ...more });

test('names of clusters must come from labels, by reading alone, and none that could break a command line', async () => {
  await using engine = await StubEngine.start({ volumes });
  const { code, stdout, stderr } = await runRmsx(['__complete', '--', 'status', '-n', ''], { env: engine.env });
  expect([code, stdout, stderr, engine.writes]).toEqual([0, 'demo\tcluster\nother\tcluster\n', '', []]);
});

test('names of nodes must be those of the cluster that the line names, with their state, and none that is named already', async () => {
  const of = (cluster: string, name: string, State = 'running'): object =>
    listedContainer(`${cluster}-${name}`, {
      Id: `id-${cluster}-${name}`,
      Labels: { 'rmsx.cluster': cluster, 'rmsx.node': name, 'rmsx.topology': 'star' },
      State,
    });
  const containers = [
    of('demo', 'slave-2', 'exited'),
    of('demo', 'master'),
    of('demo', 'slave-1'),
    of('other', 'slave-7'),
  ];
  await using engine = await StubEngine.start({ containers });
  const complete = async (...words: readonly string[]): Promise<string> =>
    (await runRmsx(['__complete', '--', ...words], { env: engine.env })).stdout;
  expect(await complete('-n', 'demo', 'stop', 'slave-1', '')).toBe(
    'master\tnode of demo, running\nslave-2\tnode of demo, stopped\n',
  );
  expect(await complete('-n', 'demo', 'fault', 'kill', 's')).toBe(
    'slave-1\tnode of demo, running\nslave-2\tnode of demo, stopped\n',
  );
  expect(engine.writes).toEqual([]);
});

test('an engine that never answers must cost less than 2 s, and say nothing', async () => {
  await using engine = await StubEngine.start({ answer: () => true });
  const run = await runRmsx(['__complete', '--', 'promote', ''], { env: engine.env });
  expect([run.code, run.stdout, run.stderr]).toEqual([0, '', '']);
  expect(run.durationMs).toBeLessThan(2000);
});

test('bash must complete verbs, and values behind =', async () => {
  const line = `bash --norc -c 'source <(rmsx completion bash)
    COMP_WORDS=(rmsx stat); COMP_CWORD=1; _rmsx rmsx; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(rmsx up --topology = ch); COMP_CWORD=4; _rmsx rmsx; echo "\${COMPREPLY[@]}"'`;
  const { stdout, stderr } = await runInShell(line, [], { env: env() });
  expect([stdout, stderr]).toEqual(['status\nchain\n', '']);
});

test('fish must complete with descriptions', async () => {
  const line = `fish --no-config -c 'rmsx completion fish | source; complete -C "rmsx up --topology ch"; complete -C "rmsx stat"'`;
  const { stdout } = await runInShell(line, [], { env: env({ HOME: directory }) });
  expect(stdout).toBe('chain\nstatus\twhat is, against what should be; exits 3 when anything is wrong\n');
});

test('zsh must complete what is typed on its terminal', async () => {
  const shell = spawn('script', ['-qec', 'zsh -f', '/dev/null'], { env: env({ HOME: directory, TERM: 'xterm' }) });
  let shown = '';
  shell.stdout.on('data', (text) => {
    shown += text;
  });
  const type = async (keys: string, answer: string): Promise<void> => {
    shell.stdin.write(keys);
    await vi.waitUntil(() => shown.includes(answer), { timeout: 15_000 });
  };
  try {
    await type(
      'autoload -Uz compinit; compinit -u -D; source <(rmsx completion zsh); print ready-$((1 + 1))\n',
      'ready-2',
    );
    await type('rmsx verif\t', 'rmsx verify');
    await type('\u0015rmsx up --topology ch\t', 'rmsx up --topology chain');
    await type('\u0015rmsx up --topology \t\t', 'star');
    expect(shown).not.toMatch(/(chain|custom|star|tree) +--/); // there is nothing to say of them
  } finally {
    shell.kill('SIGKILL');
  }
});

test('completion without a shell must name the three, and how each takes the script', async () => {
  const { code, stdout, stderr } = await runRmsx(['completion']);
  expect([code, stdout]).toEqual([2, '']);
  for (const shell of ['bash', 'zsh', 'fish']) expect(stderr).toContain(`rmsx completion ${shell}`);
});

test('help of a verb that is none must be wrong usage, and name the nearest', async () => {
  const { code, stderr } = await runRmsx(['help', 'staus']);
  expect([code, stderr]).toEqual([2, 'rmsx: staus is not a verb of rmsx.\nhint: Did you mean: rmsx help status\n']);
});
