import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { StubEngine } from '../helpers/stub-engine.ts';

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

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

test.runIf(has('fish'))('fish must complete with descriptions', async () => {
  const line = `fish --no-config -c 'rmsx completion fish | source; complete -C "rmsx up --topology ch"; complete -C "rmsx stat"'`;
  const { stdout } = await runInShell(line, [], { env: env({ HOME: directory }) });
  expect(stdout).toBe('chain\nstatus\twhat is, against what should be; exits 3 when anything is wrong\n');
});

/** With what zsh would give the function; its menus are not driven. */
test.runIf(has('zsh'))('the function for zsh must hand over words with descriptions', async () => {
  const line = `zsh -f -c 'compdef() { : }; _describe() { print -l -- "\${(@P)4}" }; source <(rmsx completion zsh)
    words=(rmsx up --topology ch); CURRENT=4; PREFIX=ch; _rmsx
    words=(rmsx verif); CURRENT=2; PREFIX=verif; _rmsx'`;
  const { stdout } = await runInShell(line, [], { env: env({ HOME: directory }) });
  expect(stdout).toMatch(/^chain:\nverify:write on the master, /);
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
