import { type NodeConf, nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { readTemplate } from '../files/templates.ts';
import { linkedNodes, runningNames } from '../plan/linked.ts';
import { planWayBack } from '../plan/way-back.ts';
import { awaitUsable } from './await-usable.ts';
import { awaitBack } from './come-back.ts';
import { ConfWriter } from './conf-writer.ts';
import { Connections } from './connections.ts';
import { waysOutOf } from './holders.ts';
import { lookOn } from './look-on.ts';
import { observeEngine } from './observe-engine.ts';
import { Reach } from './reach.ts';
import { runPlan, telling } from './run-plan.ts';
import type { Stopping } from './stopping.ts';
import { tidyingApart, upStepRunner } from './up-steps.ts';
import { never } from './wait-until.ts';

/** A cluster that was taken down for other addresses, as it was. */
export interface GoingBack {
  /** The newest record before the change. */
  readonly before: ClusterRecord;
  readonly was: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  readonly password: string;
  readonly stopping: Stopping;
  readonly run: string;
}

/**
 * Makes a cluster what it was before its containers were taken down, in the time that is left for it: a signal, or time
 * that is up, does not end this.
 * @throws RmsxError where that does not come to its end
 */
export async function goBack(goingBack: GoingBack, ports: Ports): Promise<void> {
  const { engine, progress, redis } = ports;
  const { before, was, confs, password } = goingBack;
  const { cluster } = before;
  progress.begin(`making ${cluster.name} what it was`);
  const [now, template] = await Promise.all([
    lookOn(ports.signal, () => observeEngine(engine)),
    readTemplate('redis.conf'),
  ]);
  const plan = planWayBack({ ...goingBack, stopping: goingBack.stopping.underWay(), now, template });
  const reach = new Reach(engine, { record: before, containers: was.containers, confs, password });
  const connections = new Connections(
    redis,
    (node) => confs.get(node)?.password ?? password,
    (node) => reach.endpoint(node),
  );
  try {
    await carryOut(plan, { goingBack, now, connections, reach, ports: { ...ports, signal: never } });
    const inSync = (signal: AbortSignal): Promise<unknown> => awaitSync(before, connections, { ...ports, signal });
    await awaitBack(cluster.name, inSync, progress);
    progress.succeed(`${cluster.name} is as it was`);
  } finally {
    connections.close();
  }
}

interface Means {
  readonly goingBack: GoingBack;
  readonly now: ObservedEngine;
  readonly connections: Connections;
  readonly reach: Reach;
  readonly ports: Ports;
}

async function carryOut(plan: Plan, { goingBack, now, connections, reach, ports }: Means): Promise<void> {
  const { cluster } = goingBack.before;
  const own = nodeContainers(cluster.name, now);
  const run = telling(
    ports.progress,
    upStepRunner({
      ports,
      cluster,
      observed: now,
      writer: new ConfWriter(ports),
      ids: new Map(own.map(({ node, id }) => [node ?? '', id])),
      plan,
      connections,
      resyncs: new Map(),
      changed: [],
      stopping: goingBack.stopping,
      onMade: (container) => reach.made(container),
      warn: (message) => ports.progress.warn(message),
      waysOut: waysOutOf(cluster.name),
    }),
  );
  const { work, tidying } = tidyingApart(plan);
  try {
    await runPlan(work, run, ports.signal);
  } finally {
    await runPlan(tidying, run, ports.signal);
  }
}

/** Waits until all nodes that run are in sync. */
async function awaitSync({ cluster }: ClusterRecord, connections: Connections, ports: Ports): Promise<void> {
  const containers = await ports.engine.listContainers(cluster.name);
  const linked = linkedNodes(cluster, runningNames(cluster, containers)).map(({ name }) => name);
  await awaitUsable({ cluster, linked, lonely: [], connections }, ports);
}
