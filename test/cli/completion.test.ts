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

test.runIf(has('zsh'))('zsh must complete', async () => {
  const line = `zsh -f -c 'zmodload zsh/zpty; zpty z zsh -f -i
    zpty -w z "PS1= ; autoload -Uz compinit; compinit -D -u; source <(rmsx completion zsh); echo rea\\"\\"dy"
    zpty -r z out "*ready*"; zpty -w -n z "rmsx verif"$(printf "\\t"); zpty -r z out "*verify*"; echo "$out"'`;
  const { stdout } = await runInShell(line, [], { env: env({ HOME: directory, TERM: 'dumb' }), timeoutMs: 10_000 });
  expect(stdout).toContain('verify');
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
