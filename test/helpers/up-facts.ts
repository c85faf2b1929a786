import { readFileSync } from 'node:fs';
import type { ClusterSpec } from '../../src/domain/cluster.ts';
import { networkName } from '../../src/domain/names.ts';
import type { ObservedEngine } from '../../src/domain/observed.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { ClusterRecord } from '../../src/domain/record.ts';
import type { UpFacts } from '../../src/plan/up-facts.ts';
import { confs, containers, engineWith, network, type States, volume } from './values.ts';

/** The text of templates/redis.conf. */
export const template: string = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');

/** An engine that holds a whole cluster and nothing else: network, data, and containers that run but for what is said. */
export const engineOf = (spec: ClusterSpec, states: States = {}): ObservedEngine =>
  engineWith({
    containers: containers(spec, states),
    networks: [network(networkName(spec.name), spec.subnet, spec.name)],
    volumes:
      spec.persistence === 'none'
        ? []
        : spec.nodes.map(({ name }) =>
            volume(`${spec.name}-${name}-data`, { cluster: spec.name, node: name, purpose: 'data', run: 'earlier' }),
          ),
  });

/** What `up` decides on where a cluster runs, but for what is said, and nothing else is wanted than what it was before. */
export function upFacts(record: ClusterRecord, changes: Partial<UpFacts> = {}, states: States = {}): UpFacts {
  const before = changes.before ?? record;
  return {
    before,
    record,
    engine: engineOf(before.cluster, states),
    confs: confs(before),
    password: 'secret',
    pull: [],
    revive: true,
    run: 'this-run',
    template,
    nowMs: 0,
    ...changes,
  };
}

/** The same for a cluster of which nothing is there. */
export const newFacts = (record: ClusterRecord, changes: Partial<UpFacts> = {}): UpFacts =>
  upFacts(record, { before: null, engine: engineWith(), confs: new Map(), ...changes });

/** What each step of a plan waits for: `start slave-1 <- create slave-1`. */
export const edgesOf = (plan: Plan): readonly string[] =>
  plan.map(({ id, after }) => `${id} <- ${after.join(', ') || 'nothing'}`);

/** The same, one line for each step. */
export const edges = (plan: Plan): string => edgesOf(plan).join('\n');
