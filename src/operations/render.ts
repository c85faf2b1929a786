import { checkCluster } from '../config/check-cluster.ts';
import { draftCluster, wantedCluster } from '../config/cluster-spec.ts';
import { defaults } from '../config/defaults.ts';
import { flagOf } from '../config/flag-of.ts';
import { generatePassword } from '../config/password.ts';
import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { formatProblems } from '../domain/problem.ts';
import { readRenderedPassword } from '../files/rendered-password.ts';
import { readTemplates } from '../files/templates.ts';
import { type WrittenFile, writeFiles } from '../files/write-files.ts';
import { chooseBasePort, chooseSubnet } from '../plan/choose.ts';
import { renderCluster } from '../render/compose-file.ts';

/** How a cluster is rendered. */
export interface RenderOptions {
  /** The directory that gets the files; it need not be there. */
  readonly out: string;
  /** Templates of the user; see `readTemplates`. */
  readonly templatesDirectory?: string | undefined;
  /** Replaces files that somebody edited. @default false */
  readonly force?: boolean | undefined;
  /** Says what would be done, and does nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

/** What `render` did. */
export interface RenderResult {
  readonly out: string;
  readonly cluster: ClusterSpec;
  readonly files: readonly WrittenFile[];
  /** Whether anything is different from before. */
  readonly changed: boolean;
  /** Where the password comes from: the request, the files of an earlier run, or it is new. */
  readonly password: 'given' | 'kept' | 'generated';
}

/**
 * Writes a cluster as files for Docker Compose. Touches no engine; same request, same bytes, on every machine.
 * @throws RmsxError `bad-spec` for what cannot be made or rendered, `conflict` where files would be lost
 * @example
 * await render({ name: 'demo', replicas: 2, subnet: 'auto', basePort: 'auto' }, { out: 'demo' });
 */
export async function render(request: UpRequest, options: RenderOptions): Promise<RenderResult> {
  const problems = checkUpRequest({ ...request, complete: true });
  if (problems.length > 0) throw new RmsxError('bad-spec', 'This cluster cannot be made.', { problems });
  const cluster = settle(request);
  const { out, templatesDirectory, force = false, dryRun = false } = options;
  const templates = await readTemplates(templatesDirectory);
  const earlier = request.password === undefined ? await readRenderedPassword(out) : undefined;
  const password = request.password ?? earlier ?? generatePassword();
  const rendered = renderCluster({ schemaVersion: 1, epoch: 1, cluster }, password, templates);
  const files = await writeFiles(out, rendered, { force, dryRun });
  return {
    out,
    cluster,
    files,
    changed: files.some(({ state }) => state === 'written' || state === 'removed'),
    password: originOf(request.password, earlier),
  };
}

function originOf(given: string | undefined, earlier: string | undefined): RenderResult['password'] {
  if (given !== undefined) return 'given';
  return earlier === undefined ? 'generated' : 'kept';
}

/** What is left open follows from the name alone, and never from this machine. */
function settle(request: UpRequest): ClusterSpec {
  const { name, subnet = defaults.subnet, basePort = defaults.basePort } = request;
  const count = draftCluster(request).nodes.length;
  const cluster = wantedCluster(request, null, {
    subnet: subnet === 'auto' ? (chooseSubnet(name, [], 0) ?? defaults.subnet) : subnet,
    basePort: basePort === 'auto' ? chooseBasePort(name, count, [], 0) : basePort,
    timezone: 'UTC',
  });
  // What is sound by itself may not be sound in the subnet that was chosen.
  const problems = formatProblems(checkCluster(cluster), flagOf);
  if (problems.length > 0) throw new RmsxError('bad-spec', 'This cluster cannot be made.', { problems });
  return cluster;
}
