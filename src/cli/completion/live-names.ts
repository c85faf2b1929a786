import { statSync } from 'node:fs';
import { defaultFileName } from '../../config/rmsx-file/limits.ts';
import { defaultClusterName } from '../../domain/names.ts';
import type { Candidate } from './candidates.ts';

/** Who presses a key waits no longer than this for an engine that does not answer. */
const patienceMs = 1200;

/** What labels may hold that are offered: the labels of others could break the user's command line. */
const plainName = /^[a-z0-9][a-z0-9_-]*$/;

/**
 * Reads names from the labels on the engine, with GET requests alone. What goes wrong is no name: nothing is ever said.
 * @param given - the flags of the line, by name, which go before the environment
 */
export async function liveNames(
  kind: 'cluster' | 'node',
  given: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
): Promise<readonly Candidate[]> {
  let timer: NodeJS.Timeout | undefined;
  const controller = new AbortController();
  const expired = new Promise<readonly Candidate[]>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve([]);
    }, patienceMs);
  });
  const found = lookUp(kind, given, env, controller.signal).catch(() => []);
  try {
    return await Promise.race([found, expired]);
  } finally {
    clearTimeout(timer);
  }
}

async function lookUp(
  kind: 'cluster' | 'node',
  given: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const [{ connect }, { clusterNames, observeEngine }, { nodeContainers }, { compareNodeNames }] = await Promise.all([
    import('../../connect.ts'),
    import('../../operations/observe-engine.ts'),
    import('../../domain/observed.ts'),
    import('../../domain/names.ts'),
  ]);
  const { engine } = await connect({
    env,
    signal,
    dockerHost: given.get('docker-host') ?? env.RMSX_DOCKER_HOST,
    dockerContext: given.get('docker-context') ?? env.RMSX_DOCKER_CONTEXT,
  });
  try {
    if (kind === 'cluster') {
      return clusterNames(await observeEngine(engine))
        .filter((name) => plainName.test(name))
        .map((word) => ({ word, describe: 'cluster' }));
    }
    const cluster = await clusterOf(given, env, signal);
    const containers = await engine.listContainers();
    return [...nodeContainers(cluster, { containers })]
      .sort((a, b) => compareNodeNames(a.node ?? '', b.node ?? ''))
      .filter(({ node }) => node !== null && plainName.test(node))
      .map(({ node, state }) => ({ word: node ?? '', describe: `node of ${cluster}, ${state}` }));
  } finally {
    engine.close();
  }
}

/** The cluster that the line, the environment or the file of the line names. */
async function clusterOf(
  given: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const name = given.get('name') || env.RMSX_NAME;
  if (name) return name;
  const path = given.get('file') || env.RMSX_FILE;
  if (!statSync(path ?? defaultFileName, { throwIfNoEntry: false })?.isFile()) return defaultClusterName; // a pipe is read once
  const { openDescription } = await import('../description.ts');
  return (await openDescription(path, (work) => work(signal)))?.name ?? defaultClusterName;
}
