import type { DataCompared, NodeEvidence, Seen, VerifyEvidence } from '../../domain/verification/evidence.ts';
import { endpointOf, runningNodes } from '../observe.ts';
import { untilAborted } from '../wait-until.ts';
import type { Patience } from './catch-up.ts';
import { compareData } from './compare-data.ts';
import { greetAsStranger, lookAtNode, type OwnEvidence } from './look-at-node.ts';
import { forEachOf, NodeSession, seen } from './node-session.ts';
import type { VerifyScene } from './scene.ts';
import { type Surveyed, surveyMaster } from './survey.ts';
import { type ByNode, type MarkerEvidence, tryMarkers } from './try-markers.ts';

/** Nodes whose data is read at the same time. */
const comparedAtOnce = 8;

/** Data as far as it was compared. */
interface Comparison {
  readonly surveyed: Seen<Surveyed>;
  readonly data: ByNode<DataCompared>;
}

/** One verification: gathers the evidence, and leaves nothing behind. */
export class Verifying {
  readonly #scene: VerifyScene;
  readonly #sessions: readonly NodeSession[];
  readonly #master: NodeSession | undefined;
  readonly #patience: Patience;

  constructor(scene: VerifyScene) {
    this.#scene = scene;
    const { status, connections, ports, waitMs } = scene;
    const answering = status.nodes.filter(({ state, role }) => state === 'running' && role !== null);
    this.#sessions = answering.map(({ name }) => new NodeSession(name, connections, ports.signal));
    this.#master = this.#sessions.find(({ node }) => node === scene.master);
    this.#patience = { waitMs, pauseMs: 5 + 2 * answering.length, signal: ports.signal };
  }

  /** @throws the reason of the signal */
  async all(): Promise<VerifyEvidence> {
    const { cluster, status, master, roleConfs, waitMs } = this.#scene;
    const own = await Promise.all(this.#sessions.map((session) => lookAtNode(session, cluster.record.cluster)));
    const strangers = await this.#askAsStranger();
    const tried = await this.#tryMarkers();
    const { surveyed, data } = await this.#compare(tried);
    const nodes = this.#sessions.map(({ node }, i): [string, NodeEvidence] => [
      node,
      {
        ...(own[i] as OwnEvidence),
        roleConf: roleConfs.get(node) ?? unseen,
        reached: tried.reached.get(node) ?? unseen,
        markers: tried.markers.get(node) ?? unseen,
        left: tried.left.get(node) ?? unseen,
        delay: tried.delays.get(node) ?? unseen,
        data: data.get(node) ?? unseen,
      },
    ]);
    return {
      cluster: cluster.record.cluster,
      status,
      master,
      target: tried.target,
      markers: tried.written,
      waitMs,
      keys: keysIn(surveyed),
      strangers,
      nodes: new Map(nodes),
    };
  }

  get #others(): readonly NodeSession[] {
    return this.#sessions.filter((session) => session !== this.#master);
  }

  /** Every node whose container runs is asked by a stranger, be it one that takes no password. */
  async #askAsStranger(): Promise<ByNode<string>> {
    const { cluster, ports } = this.#scene;
    const asked = runningNodes(cluster).map(async (node) => {
      const endpoint = endpointOf(ports.engine, cluster, node);
      const greeting = greetAsStranger(node, endpoint, ports.redis);
      return [node, await seen(ports.signal, () => untilAborted(greeting, ports.signal))] as const;
    });
    return new Map(await Promise.all(asked));
  }

  async #tryMarkers(): Promise<MarkerEvidence> {
    const { keys, ports } = this.#scene;
    if (!this.#master) return nothingTried;
    ports.progress.begin(`writing ${keys} markers on ${this.#master.node}, and reading them on every node`);
    const tried = await tryMarkers(this.#scene, this.#master, this.#others, this.#patience);
    const found = [...tried.markers.values()].filter(hasAll).length;
    const text = `${found} of ${this.#scene.status.nodes.length} nodes had the markers; they are removed`;
    if (found === this.#scene.status.nodes.length) ports.progress.succeed(text);
    else ports.progress.fail(text);
    return tried;
  }

  async #compare({ reached }: MarkerEvidence): Promise<Comparison> {
    const { ports, status } = this.#scene;
    const { signal } = this.#patience;
    const master = this.#master;
    if (!master) return { surveyed: unseen, data: new Map() };
    ports.progress.begin('comparing the data of all nodes');
    const counts = await Promise.all(this.#others.map((session) => session.see(({ data }) => data.databases())));
    const databases = counts.flatMap((count) => ('value' in count ? [count.value] : []));
    const surveyed = await seen(signal, () => surveyMaster(master, databases, status.nodes.length));
    if ('error' in surveyed) {
      ports.progress.fail(surveyed.error);
      return { surveyed, data: new Map(this.#others.map(({ node }) => [node, surveyed])) };
    }
    const compared = await forEachOf(this.#others, comparedAtOnce, async (session) => {
      const isBehind = !('value' in (reached.get(session.node) ?? unseen));
      const patience = isBehind ? { ...this.#patience, waitMs: 0 } : this.#patience;
      return [
        session.node,
        await seen(signal, () => compareData(session, master, surveyed.value.surveys, patience)),
      ] as const;
    });
    ports.progress.succeed(`compared ${keysIn(surveyed).compared} keys on every node`);
    return { surveyed, data: new Map(compared) };
  }
}

const unseen = { error: 'no node is a master' } as const;

const nothingTried: MarkerEvidence = {
  target: unseen,
  written: 0,
  reached: new Map(),
  markers: new Map(),
  delays: new Map(),
  left: new Map(),
};

const hasAll = (markers: NodeEvidence['markers']): boolean =>
  'value' in markers && markers.value.missing === 0 && markers.value.wrong.length === 0;

function keysIn(surveyed: Seen<Surveyed>): VerifyEvidence['keys'] {
  if ('error' in surveyed) return { of: 0, compared: 0, isComplete: false };
  const { of, surveys } = surveyed.value;
  const compared = surveys.reduce((sum, { states }) => sum + states.size, 0);
  return { of, compared, isComplete: surveys.every(({ isComplete }) => isComplete) };
}
