import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../scenarios/play.ts';
import { refusals } from '../../scenarios/refusals.ts';
import { type Scenario, sourcesOf, valueFor } from '../../scenarios/scenario.ts';
import { scenarios } from '../../scenarios/scenarios.ts';
import { sentenceOf } from '../../scenarios/sentence.ts';

const namesOf = ({ replicas }: Scenario): readonly string[] => [
  'master',
  ...Array.from({ length: replicas }, (_, i) => `slave-${i + 1}`),
];

const nodesIn = ({ steps }: Scenario): readonly string[] =>
  steps.flatMap((step) => {
    if ('rmsx' in step) return step.rmsx.filter((word) => /^(master|slave-\d+)$/.test(word));
    return 'nodes' in step ? step.nodes : [step.node];
  });

test('every scenario must have a name of its own', () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(scenarios)('$name', (scenario) => {
  test('must name nodes that its cluster has', () => {
    const nodes = [...nodesIn(scenario), ...Object.keys(scenario.images ?? {})];
    expect(nodes.filter((node) => !namesOf(scenario).includes(node))).toEqual([]);
  });

  test('must end in one tree of all of its nodes', () => {
    const sources = sourcesOf(scenario.expected.shape);
    expect([...sources.keys()].toSorted()).toEqual(namesOf(scenario).toSorted());
    expect([...sources.values()].filter((source) => source === null)).toHaveLength(1);
  });

  test('must have a reason for everything that is not looked at where writes are not asked for', () => {
    const { lost, without = {} } = scenario.expected;
    expect(lost === 'not asked' ? Object.keys(without) : ['I10', 'I11']).toEqual(['I10', 'I11']);
  });

  test('must read as a sentence', () => {
    const sentence = sentenceOf(scenario, 'redis:7.0');
    expect(sentence).toMatch(
      /^Given a (star|chain|tree) of 1 \+ \d on redis:7\.0[\s\S]*,\n {2}when [\s\S]*,\n {2}then within/,
    );
    expect(sentence).not.toMatch(/undefined|\[object/);
  });
});

test('a scenario must be told as what is given, what happens, and what has to hold', () => {
  const scenario = scenarios.find(({ name }) => name === 'the master of a star dies');
  expect(scenario && sentenceOf(scenario, 'redis:7.0')).toBe(
    [
      'Given a star of 1 + 2 on redis:7.0, with appendfsync always,',
      '  when the master of a star dies under 4 writers: master dies of SIGKILL, `rmsx promote slave-1` (or, where another received more, `rmsx promote slave-1 --via`) ends with 0, `rmsx rejoin master --discard` ends with 0,',
      '  then within 20 s slave-1 > slave-2 and slave-1 > master is what replicates, what is lost is what rmsx lists, 1 copied all data anew, writes rest for 8 s at most, and every invariant holds.',
    ].join('\n'),
  );
});

test('every refusal must name its way out, and only what has nothing to do may end with 0', () => {
  for (const { says, exit, name } of refusals)
    expect([name, says.length > 0, [0, 4, 5, 7].includes(exit)]).toEqual([name, true, true]);
  const names = refusals.map(({ name, rmsx }) => `${name} ${rmsx}`);
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  [{ topology: 'star', replicas: 2 }, ['master > slave-1', 'master > slave-2']],
  [{ topology: 'chain', replicas: 2 }, ['master > slave-1', 'slave-1 > slave-2']],
  [
    { topology: 'tree', replicas: 4 },
    ['master > slave-1', 'master > slave-2', 'slave-1 > slave-3', 'slave-1 > slave-4'],
  ],
] as const)('%j must have the shape that up gives it', (scenario, shape) => {
  expect(shapeOf(scenario)).toEqual(shape);
});

test('what differs by version must be taken by the beginning of the image', () => {
  const value = { usual: 0, but: { 'redis:6': 2 } };
  expect([valueFor(value, 'redis:6.0'), valueFor(value, 'redis:7.0'), valueFor(3, 'redis:6.0')]).toEqual([2, 0, 3]);
});
