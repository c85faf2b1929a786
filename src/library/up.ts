import { isolate } from '../config/isolated.ts';
import { callersTimezone } from '../config/timezone.ts';
import type { UpRequest } from '../config/up-request.ts';
import { RmsxError } from '../domain/errors.ts';
import { defaultClusterName } from '../domain/names.ts';
import type { Ports } from '../domain/ports.ts';
import { hold } from '../operations/hold.ts';
import { observeCluster } from '../operations/observe.ts';
import { status } from '../operations/status.ts';
import { type CallOptions, type EngineOptions, withPorts } from './call.ts';
import { checkName, checkSettings } from './check.ts';
import { Cluster } from './cluster.ts';

/** What `up` makes, and how. What is left out has the default of the command line. */
export interface UpSettings
  extends Omit<UpRequest, 'name' | 'locate' | 'held' | 'complete'>,
    CallOptions,
    EngineOptions {
  /** @default `redis-server`; a name of its own where it is isolated */
  readonly name?: string;
  /** For tests: a name, a subnet and ports of its own, no data kept, no command disabled. @default false */
  readonly isolated?: boolean;
  /** Leave everything as it is after a failure. @default false */
  readonly retain?: boolean;
}

/**
 * Brings a cluster up, and returns when replication is usable.
 * @returns a handle; at the end of its block `await using` takes away what was not there before
 * @throws RmsxError `bad-spec` with all that is wrong, `conflict`, `image-missing`, `timeout`, `interrupted` or `failed`; what it
 * made is gone then
 * @example
 * await using cluster = await up({ replicas: 2, isolated: true });
 * await cluster.kill('master');
 * await cluster.promote();
 * const client = new Redis(cluster.master.url);
 */
export function up(settings: UpSettings = {}): Promise<Cluster> {
  return bringUp(settings, false);
}

/**
 * As `up`.
 * @param held - whether this process takes the cluster down: where it was killed, the next `gc` does
 */
export async function bringUp(settings: UpSettings, held: boolean): Promise<Cluster> {
  checkSettings(settings);
  if (settings.name !== undefined) checkName(settings.name);
  const { signal, progress, timeoutMs, dockerHost, dockerContext, insecureEngine, retain = false, ...asked } = settings;
  const call = { signal, progress, timeoutMs };
  const engine = { dockerHost, dockerContext, insecureEngine };
  const request = { ...asked, held, name: asked.name ?? defaultClusterName, locate: (path: string): string => path };
  const wanted = asked.isolated ? isolate(request, asked.name !== undefined) : request;
  const options = { wait: true, retain, dryRun: false, timezone: callersTimezone(process.env.TZ) };
  return withPorts(engine, call, async (ports) => {
    const ours = await hold(wanted, options, ports);
    const { status: seen, password } = ours.result;
    if (!seen || password === null) throw new RmsxError('bug', 'A cluster that is up was not looked at.');
    return new Cluster(wanted.name, ours, engine, seen, password);
  });
}

/**
 * A handle for a cluster that is there, whoever made it. At the end of its block it is left as it is.
 * @throws RmsxError `not-found`; `bad-usage` where that is no name
 */
export async function attach(name: string, options: CallOptions & EngineOptions = {}): Promise<Cluster> {
  checkName(name);
  return withPorts(options, options, async (ports) => {
    const [seen, password] = [await status(name, ports), await passwordOf(name, ports)];
    return new Cluster(name, null, options, seen, password);
  });
}

const passwordOf = async (name: string, ports: Ports): Promise<string> => (await observeCluster(ports, name)).password;
