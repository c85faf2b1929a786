import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Check, Verification } from '../../../src/domain/verification/verification.ts';
import { renderTap } from '../../../src/render/tap.ts';
import { renderVerification } from '../../../src/render/verification-text.ts';

const check = (changes: Partial<Check>): Check => ({
  check: 'data',
  node: 'slave-1',
  ok: true,
  made: true,
  message: 'fine',
  hint: null,
  ...changes,
});
const hostile = 'says "quoted"\n  ...\nok 9 - all # SKIP \\ : {}';
const verification: Verification = {
  cluster: { name: 'demo', nodes: 3, master: 'master' },
  ok: false,
  checks: [
    check({ check: 'one-master', node: null }),
    check({ ok: false, message: hostile, hint: 'rmsx status' }),
    check({ ok: false, made: false, node: 'slave-2', message: 'not checked: slave-2 is stopped' }),
    check({ check: 'lag', ok: false, made: false, node: 'slave-2', message: 'not checked: slave-2 is stopped' }),
  ],
  keys: { written: 10, compared: 100, of: 5000, complete: false, inMotion: 2 },
  latency: [
    { node: 'slave-1', medianMs: 0.4, maxMs: 1.5 },
    { node: 'slave-2', medianMs: null, maxMs: null },
  ],
};

/** Reads TAP version 14 as its specification has it. */
function parseTap(text: string): {
  plan: number;
  points: { ok: boolean; description: string; diagnostic?: unknown }[];
} {
  const lines = text.split('\n');
  expect([lines.shift(), lines.pop()]).toEqual(['TAP version 14', '']);
  const plan = Number(/^1\.\.(\d+)$/.exec(lines.shift() ?? '')?.[1]);
  const points: { ok: boolean; description: string; diagnostic?: unknown }[] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line.startsWith('# ')) continue;
    if (line === '  ---') {
      const block = lines.splice(0, lines.indexOf('  ...') + 1).slice(0, -1);
      Object.assign(points.at(-1) ?? {}, { diagnostic: parse(block.join('\n')) });
      continue;
    }
    const [, not, number, description = ''] = /^(not )?ok (\d+) - (.*)$/.exec(line) ?? [];
    expect(Number(number)).toBe(points.length + 1);
    points.push({ ok: not === undefined, description });
  }
  return { plan, points };
}

test('TAP must have a plan, a point for each check, and what is wrong as YAML that no text breaks out of', () => {
  const { plan, points } = parseTap(renderTap(verification));
  expect([plan, points.length]).toEqual([4, 4]);
  expect(points.map(({ ok }) => ok)).toEqual([true, false, false, false]);
  expect(points[0]).toEqual({ ok: true, description: 'one-master' });
  expect(points[1]).toEqual({
    ok: false,
    description: 'data: slave-1',
    diagnostic: { check: 'data', node: 'slave-1', made: true, message: hostile, hint: 'rmsx status' },
  });
});

test('text must have what is wrong first, what was not checked in one line, and one hint', () => {
  const plain = {
    ...verification,
    checks: verification.checks.map((one) => ({ ...one, message: one.message.split('\n')[0] ?? '' })),
  };
  expect(renderVerification(plain, (_tone, text) => text)).toMatchInlineSnapshot(`
    "demo  3 nodes  1 of 4 checks passed  not ok
    not ok  data: says "quoted"
    not ok  data, lag of slave-2: not checked: slave-2 is stopped
    10 markers written; 100 of 5000 keys compared, 2 in motion
    NODE     LATENCY MS  MAX MS
    slave-1  0.4         1.5
    slave-2  ?           ?
    hint: rmsx status
    "
  `);
});

test('one node must not be told as several', () => {
  const alone = { ...verification, cluster: { ...verification.cluster, nodes: 1 } };
  expect(renderVerification(alone, (_, text) => text)).toMatch(/^demo {2}1 node {2}/);
});
