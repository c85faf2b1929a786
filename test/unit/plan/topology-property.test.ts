import { describe, expect, test } from 'vitest';
import { checkCluster } from '../../../src/config/check-cluster.ts';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import type { ClusterSpec, NodeSpec, Topology } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import { nodeIndex } from '../../../src/domain/names.ts';
import type { Plan, PlannedStep } from '../../../src/domain/plan.ts';
import { levels } from '../../../src/domain/shape.ts';
import { addNode, moveNode, removeNode, scaleTo } from '../../../src/plan/change-topology.ts';
import { planUp } from '../../../src/plan/up.ts';
import { pick, randomFrom } from '../../helpers/conf-grammar.ts';
import { upFacts } from '../../helpers/up-facts.ts';
import { record } from '../../helpers/values.ts';

type Random = () => number;

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** A new cluster of any shape and size. */
function fresh(random: Random): ClusterSpec {
  const topology = pick<Topology>(random, ['star', 'chain', 'tree']);
  const request = { name: 'demo', topology, fanout: 1 + below(random, 4), replicas: below(random, 12) };
  const choices = { subnet: pick(random, ['172.19.0.0/24', '10.0.0.0/26']), basePort: 7000, timezone: 'UTC' };
  return wantedCluster(request, null, choices);
}

/** One change, as a user would ask for it; what is refused changes nothing. */
function change(spec: ClusterSpec, random: Random): ClusterSpec {
  const any = (): string => pick(random, spec.nodes).name;
  const kinds = [
    () => (spec.nodes.length < 20 ? addNode(spec, random() < 0.5 ? undefined : any()) : spec),
    () => removeNode(spec, any()),
    () => moveNode(spec, any(), any()),
    () => scaleTo(spec, below(random, 15)),
    () => wantedCluster({ name: spec.name, replicas: below(random, 15) }, spec, { ...spec }),
    () => reshape(spec, random),
    () => promote(spec, any()),
  ];
  try {
    return pick(random, kinds)();
  } catch (error) {
    if (!(error instanceof RmsxError) || error.code !== 'unsafe') throw error;
    return spec;
  }
}

/** What `up` makes of a cluster that is asked for in another shape. */
const reshape = (spec: ClusterSpec, random: Random): ClusterSpec =>
  wantedCluster(
    { name: spec.name, topology: pick<Topology>(random, ['star', 'chain', 'tree']), fanout: 1 + below(random, 4) },
    spec,
    { ...spec },
  );

/** What a promotion makes of the sources: the target takes the place of the master, who becomes a leaf under it. */
function promote(spec: ClusterSpec, target: string): ClusterSpec {
  const former = spec.nodes.find(({ source }) => source === null)?.name;
  if (former === target) return spec;
  const nodes = spec.nodes.map((node) => {
    if (node.name === target) return { ...node, source: null };
    return node.name === former || node.source === former ? { ...node, source: target } : node;
  });
  return { ...spec, nodes };
}

/** Everything that must hold of a cluster, whatever was done to it. */
function brokenRules(before: ClusterSpec, spec: ClusterSpec): readonly string[] {
  const { nodes } = spec;
  const withoutSource = (node: NodeSpec | undefined): string => JSON.stringify({ ...node, source: null });
  const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
  const rules: Readonly<Record<string, boolean>> = {
    'exactly one root': nodes.filter(({ source }) => source === null).length === 1,
    'everybody is reached from it': levels(nodes).length === nodes.length,
    'names that rmsx gives': nodes.every(({ name }) => nodeIndex(name) >= 0),
    'unique names': isUnique(nodes.map(({ name }) => name)),
    'unique addresses': isUnique(nodes.map(({ address }) => address.host)),
    'unique ports': isUnique(nodes.map(({ address }) => address.port)),
    'a node that stays keeps its address, its port and what it was given': nodes.every((node) => {
      const was = before.nodes.find(({ name }) => name === node.name);
      return !was || withoutSource(was) === withoutSource(node);
    }),
    'a record of what was asked for of nobody who is gone': Object.keys(spec.asked).every((name) =>
      nodes.some((node) => node.name === name),
    ),
  };
  const broken = Object.entries(rules).filter(([, holds]) => !holds);
  return [...broken.map(([rule]) => rule), ...checkCluster(spec).map(({ path, message }) => `${path}: ${message}`)];
}

test('a cluster must stay sound, whatever is added, removed, moved, scaled and promoted (60 histories)', () => {
  const random = randomFrom(42);
  const broken: string[] = [];
  let changes = 0;
  for (let history = 0; history < 60; history++) {
    let spec = fresh(random);
    for (let step = 0; step < 25; step++) {
      const after = change(spec, random);
      broken.push(...brokenRules(spec, after).map((rule) => `${history}/${step}: ${rule}`));
      changes += after === spec ? 0 : 1;
      spec = after;
    }
  }
  expect(broken).toEqual([]);
  expect(changes).toBeGreaterThan(600);
}, 30_000);

describe('the plan of a change', () => {
  const states = ['running', 'running', 'running', 'stopped', 'missing'] as const;

  /** One of the orders in which the steps may happen: each as soon as those that it waits for are done. */
  function anyOrder(plan: Plan, random: Random): Plan {
    const ordered: PlannedStep[] = [];
    let waiting = plan;
    while (waiting.length > 0) {
      const ready = waiting.filter(({ after }) => after.every((id) => ordered.some((done) => done.id === id)));
      if (ready.length === 0) return ordered;
      const next = pick(random, ready);
      ordered.push(next);
      waiting = waiting.filter((step) => step !== next);
    }
    return ordered;
  }

  /** Follows what the servers that are awake do. One that starts takes its role from its conf, others keep theirs. */
  function cyclesOnTheWay(before: ClusterSpec, after: ClusterSpec, awake: readonly string[], plan: Plan): string[] {
    const live = new Map(
      before.nodes.filter(({ name }) => awake.includes(name)).map((node) => [node.name, node.source]),
    );
    const cycles: string[] = [];
    for (const { id, step } of plan) {
      if (step.op === 'start') live.set(step.node, after.nodes.find(({ name }) => name === step.node)?.source ?? null);
      if (step.op === 'follow') live.set(step.node, step.source);
      for (const start of live.keys()) {
        let at = live.get(start);
        for (let length = 0; typeof at === 'string' && at !== start && length < live.size; length++) at = live.get(at);
        if (at === start) cycles.push(`${start} follows itself after: ${id}`);
      }
    }
    return cycles;
  }

  test.each([true, false])(
    'must hold every step that another one waits for, and never make a cycle on the way (revive: %s)',
    (revive) => {
      const random = randomFrom(revive ? 1 : 2);
      let [follows, starts] = [0, 0];
      for (let round = 0; round < 200; round++) {
        const before = fresh(random);
        const after = Array.from({ length: 8 }).reduce<ClusterSpec>((spec) => withoutPromotion(spec, random), before);
        // A change other than up is refused where a source does not answer: only up finds nodes that are paused.
        const known = revive ? ([...states, 'paused'] as const) : states;
        const chosen = before.nodes.map((node) => [node.name, pick(random, known)] as const);
        const plan = planUp(
          upFacts(record(after, 2), { before: record(before, 1), revive }, Object.fromEntries(chosen)),
        );
        const ids = plan.map(({ id }) => id);
        const waits = plan.flatMap(({ id, after: others }) => others.map((other) => [id, other] as const));
        const awake = chosen.filter(([, state]) => state === 'running' || state === 'paused').map(([name]) => name);
        const orders = [plan, ...Array.from({ length: 5 }, () => anyOrder(plan, random))];
        expect({
          twice: ids.filter((id, i) => ids.indexOf(id) < i),
          dangling: waits.filter(([, other]) => !ids.includes(other)),
          early: waits.filter(([id, other]) => ids.indexOf(other) > ids.indexOf(id)),
          stuck: orders.filter((order) => order.length < plan.length),
          cycles: orders.flatMap((order) => cyclesOnTheWay(before, after, awake, order)),
        }).toEqual({ twice: [], dangling: [], early: [], stuck: [], cycles: [] });
        const started = plan.flatMap(({ step }) => (step.op === 'start' ? [step.node] : []));
        const stopped = chosen.filter(([, state]) => state === 'stopped').map(([name]) => name);
        if (!revive) expect(started.filter((name) => stopped.includes(name))).toEqual([]);
        starts += started.length;
        follows += plan.filter(({ step }) => step.op === 'follow').length;
      }
      expect([follows > 100, starts > 100]).toEqual([true, true]);
    },
    30_000,
  );
});

/** Nodes that are there, in other places: what moves, adds and removals do. */
function withoutPromotion(spec: ClusterSpec, random: Random): ClusterSpec {
  const root = spec.nodes.find(({ source }) => source === null)?.name;
  const changed = change(spec, random);
  return changed.nodes.find(({ source }) => source === null)?.name === root ? changed : spec;
}
