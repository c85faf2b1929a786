import { findNode } from '../domain/cluster.ts';
import { RmsxError, retold } from '../domain/errors.ts';
import type { ExecSession, ExecSpec, Output, TerminalSize } from '../domain/exec.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { canonicalNodeName } from '../domain/names.ts';
import { containerOf } from '../domain/observed.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { toPrintable } from '../domain/printable.ts';
import { Greeting, redisCliCommand, redisCliEnvironment } from '../plan/redis-cli.ts';
import { Guard } from './guard.ts';
import { endpointOf, type KnownCluster, observeCluster, requireNode } from './observe.ts';
import { within } from './within.ts';

/** Where redis-cli reads and writes. */
export interface CliStreams {
  /** The size of the terminal in which people type; null where a program reads or writes. */
  readonly terminal: TerminalSize | null;
  /**
   * Called when redis-cli has begun.
   * @param program - gets the input, and new sizes of the terminal
   * @returns what ends that
   */
  connect(program: Pick<ExecSession, 'write' | 'endInput' | 'resize'>): () => void;
  /** @returns false where nobody reads it any more */
  write(output: Output): Promise<boolean>;
}

/**
 * Runs redis-cli in a node, already logged in. The password goes through the input of the program: it is in no command
 * line and no environment that the engine or others can look at.
 * @param typed - the node
 * @param args - of redis-cli
 * @returns the exit code of redis-cli; 0 where nobody read to its end
 * @throws RmsxError `not-found`; `failed` where the node does not run, has no redis-cli, or the engine hangs up
 */
export async function redisCli(
  name: string,
  typed: string,
  args: readonly string[],
  streams: CliStreams,
  ports: Ports,
): Promise<number> {
  const cluster = await observeCluster(ports, name);
  const node = canonicalNodeName(typed);
  requireNode(cluster, node);
  const server = {
    node,
    id: idOfRunning(cluster, node),
    port: findNode(cluster.record.cluster, node)?.address.port ?? 0,
    password: cluster.confs.get(node)?.password ?? cluster.password,
    otherWay: otherWay(cluster, node, ports.engine),
  };
  return redisCliIn(server, args, streams, ports.engine);
}

/** A server, as it is reached inside its container. */
export interface ServerInside {
  readonly node: string;
  /** Of its container. */
  readonly id: string;
  readonly port: number;
  readonly password: string;
  /** What else people can do, where redis-cli cannot be started there. */
  readonly otherWay?: string;
}

/**
 * The same in a container that runs.
 * @param timeoutMs - what runs for longer is ended. @default for ever
 * @throws RmsxError `failed`, with the reason `no-answer` where the time was up
 */
export async function redisCliIn(
  { node, id, port, password, otherWay }: ServerInside,
  args: readonly string[],
  streams: CliStreams,
  engine: Engine,
  timeoutMs?: number,
): Promise<number> {
  const spec: ExecSpec = {
    command: redisCliCommand(port, args),
    user: await engine.serverUser(id),
    env: redisCliEnvironment,
    terminal: streams.terminal,
  };
  const session = await engine.exec(id, spec).catch((error: unknown) => {
    throw error instanceof RmsxError && error.reason === 'engine-error' ? notStarted(node, error, otherWay) : error;
  });
  const greeting = new Greeting();
  const guard = new Guard(engine, id, spec);
  let isOver = false;
  try {
    const conversation = converse(session, greeting, password, streams, guard);
    isOver = await (timeoutMs === undefined ? conversation : inTime(node, conversation, timeoutMs));
    if (!isOver) return 0;
    const code = await session.exitCode();
    if (!greeting.hasBegun) throw neverBegan(node, greeting, code, password, otherWay);
    return code;
  } finally {
    await (isOver ? guard.dismiss() : guard.endProgram());
    session.close();
  }
}

async function inTime(node: string, conversation: Promise<boolean>, timeoutMs: number): Promise<boolean> {
  conversation.catch(() => undefined); // it ends with its session, and nobody listens any more
  const isOver = await within(conversation, timeoutMs);
  if (isOver !== undefined) return isOver;
  const message = `${node} does not answer inside its container either, not within ${timeoutMs / 1000} s.`;
  throw new RmsxError('failed', message, { node, reason: 'no-answer' });
}

/** @returns whether the program has ended; false where nobody wants the rest */
async function converse(
  session: ExecSession,
  greeting: Greeting,
  password: string,
  streams: CliStreams,
  guard: Guard,
): Promise<boolean> {
  let isAsked = false;
  let disconnect = (): void => undefined;
  try {
    for await (const output of session.output) {
      if (greeting.hasBegun) {
        if (!(await streams.write(output))) return false;
        continue;
      }
      const first = greeting.take(output);
      if (greeting.processId !== undefined && !isAsked) {
        isAsked = true;
        guard.begin(greeting.processId);
        if (streams.terminal) await session.resize(streams.terminal);
        await session.write(Buffer.from(`${password}\n`));
      }
      if (!greeting.hasBegun) continue;
      disconnect = streams.connect(session);
      for (const written of first) if (!(await streams.write(written))) return false;
    }
    return true;
  } finally {
    disconnect();
  }
}

function idOfRunning(cluster: KnownCluster, node: string): string {
  const container = containerOf(cluster, node);
  if (container?.state === 'running') return container.id;
  const state = container?.state ?? 'missing';
  const ways: Readonly<Record<string, string>> = {
    missing: `Bring it back: ${rmsxCommand(cluster.name, 'up')}`,
    restarting: `See why: ${rmsxCommand(cluster.name, `logs ${node} --tail 20`)}`,
  };
  throw new RmsxError('failed', `${node} of ${cluster.name} does not run: its container is ${state}.`, {
    node,
    reason: 'not-running',
    hint: ways[state] ?? `Start it: ${rmsxCommand(cluster.name, `start ${node}`)}`,
  });
}

/** The password goes through the environment: everybody on a machine reads command lines. */
function otherWay(cluster: KnownCluster, node: string, engine: Engine): string {
  const { host, port } = endpointOf(engine, cluster, node);
  const env = rmsxCommand(cluster.name, 'env');
  return `Use one of this machine: eval "$(${env})"; REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h ${host} -p ${port}`;
}

const notStarted = (node: string, error: RmsxError, hint: string | undefined): RmsxError =>
  retold(error, `redis-cli cannot be started in ${node}: ${error.message}`, { node, hint });

function neverBegan(
  node: string,
  { isMissing, said }: Greeting,
  code: number,
  password: string,
  hint: string | undefined,
): RmsxError {
  const why = isMissing
    ? 'its image has neither redis-cli nor valkey-cli'
    : `sh ended with ${code} in it${said === '' ? '' : `: ${toPrintable(said, password).trim()}`}`;
  return new RmsxError('failed', `redis-cli cannot be started in ${node}: ${why}.`, {
    node,
    reason: isMissing ? 'no-redis-cli' : 'no-shell',
    hint,
  });
}
