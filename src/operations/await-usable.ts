import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError, retold } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import type { NotReady } from '../domain/replication.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { refuseLastingRoles } from '../plan/lasting-roles.ts';
import { hintFromLogs } from '../plan/older-server.ts';
import { awaitReplication } from './await-replication.ts';
import type { Connections } from './connections.ts';
import { collectLogs, throwIfEnded } from './evidence.ts';
import { setBackMasterauth } from './set-back-masterauth.ts';
import { waitUntil } from './wait-until.ts';

/** What is waited for. */
export interface UsableOptions {
  readonly cluster: ClusterSpec;
  /** Names of the nodes that must be in sync, the master among them; nobody where there is no master. */
  readonly linked: readonly string[];
  /** Names of nodes that can only answer, as somebody above them does not run. */
  readonly lonely: readonly string[];
  readonly connections: Connections;
}

/** A look at the containers costs more than one at the servers. */
const looksPerCheck = 20;

/**
 * Waits until nodes answer and are in sync, as far as they can be.
 * @returns what those in sync say
 * @throws RmsxError `failed` where one of them has ended or another role, or the reason of the signal with what is missing
 */
export async function awaitUsable(
  { cluster, linked, lonely, connections }: UsableOptions,
  ports: Ports,
): Promise<ReadonlyMap<string, ServerInfo>> {
  const { engine, progress, signal } = ports;
  let missing: readonly NotReady[] = lonely.map((node) => ({ node, text: `${node} does not answer` }));
  const told = new Set<string>(); // a replica that tries in vain is in the same two states all the time
  const loggedIn = new Set<string>(); // with the password of its conf, as far as that is what keeps it away
  let looks = 0;
  const look = async (silent: readonly string[]): Promise<void> => {
    looks += 1;
    if (looks % looksPerCheck === 0)
      for (const name of silent) await throwIfEnded(engine, cluster.name, name, connections);
  };
  try {
    await awaitAnswers(lonely, connections, look, signal);
    if (linked.length === 0) return new Map();
    return await awaitReplication({
      cluster,
      nodes: cluster.nodes.filter(({ name }) => linked.includes(name)),
      connections,
      signal,
      onMissing: (now) => {
        missing = now;
        const text = `waiting: ${now[0]?.text}${now.length > 1 ? ` (and ${now.length - 1} more)` : ''}`;
        if (told.has(text)) progress.update?.(text);
        else progress.begin(text);
        told.add(text);
      },
      failFast: async (seen) => {
        refuseLastingRoles(cluster, seen);
        await look(linked.filter((name) => !seen.has(name)));
        if (looks % looksPerCheck !== 0) return;
        const unlinked = [...seen].flatMap(([name, { link }]) =>
          link === 'down' && !loggedIn.has(name) ? [name] : [],
        );
        for (const name of unlinked) loggedIn.add(name);
        await setBackMasterauth(unlinked, connections, (text) => progress.warn(text));
      },
    });
  } catch (error) {
    if (!(error instanceof RmsxError) || error.code !== 'timeout') throw error;
    const nodes = missing.map(({ node }) => node);
    const logs = await collectLogs(engine, await engine.listContainers(cluster.name), nodes, connections);
    const hint = hintFromLogs(cluster.name, logs) ?? error.hint;
    throw retold(error, error.message, { problems: missing.map(({ text }) => text), logs, hint });
  }
}

/** Waits until servers answer and have loaded their data. */
function awaitAnswers(
  names: readonly string[],
  connections: Connections,
  look: (silent: readonly string[]) => Promise<void>,
  signal: AbortSignal,
): Promise<true> {
  return waitUntil(
    async () => {
      const probes = await connections.probeAll(names);
      const silent = names.filter((name) => {
        const probe = probes.get(name);
        return !probe || !('info' in probe) || probe.info.loading;
      });
      if (silent.length === 0) return true;
      await look(silent);
      return undefined;
    },
    { pauseMs: 20, signal },
  );
}
