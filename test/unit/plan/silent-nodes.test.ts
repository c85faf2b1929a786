import { expect, test } from 'vitest';
import { refuseSilentNodes, type SilentFacts } from '../../../src/plan/silent-nodes.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { container, healthyInfos, node, shaped } from '../../helpers/values.ts';

const before = shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' });
const after = shaped('star', { master: null, 'slave-1': 'master', 'slave-2': 'master' });

/** All nodes run, and those that are named say nothing. */
function factsWith(silent: readonly string[], changes: Partial<SilentFacts> = {}): SilentFacts {
  const infos = new Map([...healthyInfos(before)].filter(([name]) => !silent.includes(name)));
  return { before, after, containers: before.nodes.map(({ name }) => container(before, name)), infos, ...changes };
}

const refused = (facts: SilentFacts): (string | undefined)[] => {
  const { code, message, hint } = errorOf(() => refuseSilentNodes(facts));
  return [code, message, hint];
};

test('a change must pass where all answer that it depends on', () => {
  expect(() => refuseSilentNodes(factsWith([]))).not.toThrow();
  expect(() => refuseSilentNodes(factsWith(['slave-1']))).not.toThrow();
});

test('a master that does not answer must be refused, with the ways out', () => {
  expect(refused(factsWith(['master']))).toEqual([
    'unsafe',
    'master is the master of redis-server and does not answer: nothing would get its data.',
    'Bring it back: rmsx up\nOr let a replica take over: rmsx promote slave-1',
  ]);
});

test('a source that does not answer must be refused, and one that is added must not', () => {
  const under = (source: string): SilentFacts['after'] => ({
    ...before,
    nodes: [...before.nodes, node('slave-4', source)],
  });
  expect(refused(factsWith(['slave-2'], { after: under('slave-2') }))).toEqual([
    'unsafe',
    'slave-2 does not answer: slave-4 would get no data from it.',
    'Bring it back first: rmsx up   or name another source',
  ]);
  const chained = under('slave-3');
  const added = { ...chained, nodes: [...chained.nodes, node('slave-3', 'master')] };
  expect(() => refuseSilentNodes(factsWith([], { after: added }))).not.toThrow();
});

test.each([
  ['running', 'slave-2 does not answer: it cannot be told to follow master.'],
  ['paused', 'slave-2 is paused: it cannot be told to follow master.'],
] as const)('a node that moves, is %s and does not listen must be refused', (state, message) => {
  const containers = [container(before, 'slave-2', { state })];
  expect(refused(factsWith(['slave-2'], { containers }))).toEqual(['unsafe', message, 'Bring it back first: rmsx up']);
});

test('a node that moves and is stopped must pass, as it gets its role for later', () => {
  const containers = [container(before, 'slave-2', { state: 'stopped' })];
  expect(() => refuseSilentNodes(factsWith(['slave-2'], { containers }))).not.toThrow();
});
