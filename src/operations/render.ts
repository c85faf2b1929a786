import { posix } from 'node:path';
import { draftCluster, ownPorts, wantedCluster } from '../config/cluster-spec.ts';
import { defaults } from '../config/defaults.ts';
import { unnamedNodes } from '../config/node-names.ts';
import { generatePassword } from '../config/password.ts';
import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import { type ClusterSpec, findNode, sameCluster } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { NodeConf } from '../domain/observed.ts';
import { type ClusterRecord, newestRecord } from '../domain/record.ts';
import { readRendered } from '../files/rendered-cluster.ts';
import { readTemplates } from '../files/templates.ts';
import { type WrittenFile, writeFiles } from '../files/write-files.ts';
import { removeNode, scaleTo } from '../plan/change-topology.ts';
import { chooseBasePort, chooseSubnet } from '../plan/choose.ts';
import { exposureWarnings, refuseGuessable } from '../plan/exposure.ts';
import { refuseRenderingOther } from '../plan/other-persistence.ts';
import { refuseOtherMaster, refuseUnsound } from '../plan/settle.ts';
import { nodesDirectory, renderCluster } from '../render/compose-file.ts';
import { renderRole } from '../render/conf-directory.ts';

/** How a cluster is rendered. */
export interface RenderOptions {
  /** The directory that gets the files; it need not be there. */
  readonly out: string;
  /** The name of the request is nobody's wish: a cluster that is in the directory keeps its own. @default false */
  readonly keepName?: boolean | undefined;
  /** Templates of the user; see `readTemplates`. */
  readonly templatesDirectory?: string | undefined;
  /** Replaces files that somebody edited, and those of another cluster. @default false */
  readonly force?: boolean | undefined;
  /** Says what would be done, and does nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

/** What `render` did. */
export interface RenderResult {
  readonly out: string;
  readonly cluster: ClusterSpec;
  readonly files: readonly WrittenFile[];
  /** Whether anything is different from before, or would be. */
  readonly changed: boolean;
  /** Where the password comes from: the request, in the place of an earlier one or not, the directory, or it is new. */
  readonly password: 'given' | 'changed' | 'kept' | 'generated';
  /** What the request means for others, as sentences. */
  readonly warnings: readonly string[];
}

/**
 * Writes a cluster as files for Docker Compose. Touches no engine; same request, same bytes, on every machine.
 * @throws RmsxError `bad-spec` for what cannot be made or rendered, `bad-usage` where the directory is a file, `conflict`
 * where files would be lost or are those of another cluster, `unsafe` where data would be left unread or others can guess
 * the password, `failed` where the disk refuses
 * @example
 * await render({ name: 'demo', replicas: 2, subnet: 'auto', basePort: 'auto' }, { out: 'demo' });
 */
export async function render(asked: UpRequest, options: RenderOptions): Promise<RenderResult> {
  const { out, keepName = false, templatesDirectory, force = false, dryRun = false } = options;
  const confs = await readRendered(out);
  const found = newestRecord([...confs.values()].map((conf) => conf.record));
  const request = found && keepName ? { ...asked, name: found.cluster.name } : asked;
  const existing = found?.cluster.name === request.name ? found : null;
  const problems = checkUpRequest(existing ? request : { ...request, complete: true });
  if (problems.length > 0) throw new RmsxError('bad-spec', 'This cluster cannot be made.', { problems });
  if (found && !existing && !force) throw refuseOtherCluster(out, found.cluster.name);
  const record = settle(request, existing);
  if (existing && !force) refuseRenderingOther(existing.cluster, record.cluster);
  const templates = await readTemplates(templatesDirectory);
  const earlier = [...confs.values()][0]?.password;
  const password = request.password ?? earlier ?? generatePassword();
  refuseGuessable(record.cluster, password);
  const rendered = renderCluster(record, password, templates);
  const files = await writeFiles(out, rendered, { force, dryRun, known: rolesIn(confs) });
  return {
    out,
    cluster: record.cluster,
    files,
    changed: files.some(({ state }) => state !== 'unchanged' && state !== 'kept'),
    password: originOf(request.password, earlier),
    warnings: exposureWarnings(record.cluster),
  };
}

/** Two clusters would share the files of their nodes, and the one that runs from them would get other ones. */
const refuseOtherCluster = (out: string, name: string): RmsxError =>
  new RmsxError('conflict', `${out === '.' ? 'This directory' : out} holds the files of the cluster ${name}.`, {
    hint: `Render that one: -n ${name}   or render to another directory: --out DIR   or replace it: --force`,
    reason: 'other-cluster',
  });

/** What promotions and moves have written since: rmsx itself did it, and knows it all. */
function rolesIn(confs: ReadonlyMap<string, NodeConf>): ReadonlyMap<string, string> {
  const known = [...confs].flatMap(([name, { record }]) => {
    const node = record && findNode(record.cluster, name);
    const files = record && node ? renderRole(record, node) : [];
    return files.map((file) => [posix.join(nodesDirectory, name, file.name), file.content] as const);
  });
  return new Map(known);
}

function originOf(given: string | undefined, earlier: string | undefined): RenderResult['password'] {
  if (given !== undefined) return earlier === undefined || earlier === given ? 'given' : 'changed';
  return earlier === undefined ? 'generated' : 'kept';
}

/**
 * The roles are those that the directory has by now. What is left open is what it has, or follows from the name alone,
 * and never from this machine.
 */
function settle(request: UpRequest, existing: ClusterRecord | null): ClusterRecord {
  const { name, subnet, basePort } = request;
  const before = existing && withoutUnwanted(request, existing.cluster);
  const chosenSubnet = subnet === 'auto' ? chooseSubnet(name, [], 0) : undefined;
  const chosenPort =
    basePort === 'auto'
      ? chooseBasePort(name, draftCluster(request).nodes.length, [], 0, ownPorts(request))
      : undefined;
  const cluster = wantedCluster(request, before, {
    subnet: subnet !== undefined && subnet !== 'auto' ? subnet : (before?.subnet ?? chosenSubnet ?? defaults.subnet),
    basePort: typeof basePort === 'number' ? basePort : (before?.basePort ?? chosenPort ?? defaults.basePort),
    timezone: 'UTC',
  });
  if (before) refuseOtherMaster(before, cluster);
  refuseUnsound(cluster, request); // what is sound by itself may not be sound in the subnet that was chosen
  if (existing && sameCluster(cluster, existing.cluster)) return existing;
  return { schemaVersion: 1, epoch: (existing?.epoch ?? 0) + 1, cluster };
}

/** A lower number of replicas, or a file that names all nodes and leaves some of them out, takes nodes away. */
function withoutUnwanted(request: UpRequest, there: ClusterSpec): ClusterSpec {
  const { replicas } = request;
  if (replicas !== undefined && replicas < there.nodes.length - 1) return scaleTo(there, replicas);
  return unnamedNodes(request, there).reduce(removeNode, there);
}
