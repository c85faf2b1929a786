import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type ClusterSpec, imageOf, masterOf, type NodeSpec, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { heirAmong, lostTo } from '../domain/heir.ts';
import { confDirectory, containerName, dataDirectory, dataInMemory, networkName } from '../domain/names.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { dynamicRange, gatewayIp, parseSubnet } from '../domain/subnet.ts';
import { checkCompose } from './compose-check.ts';
import { composeScalar } from './compose-scalar.ts';
import { serverCommand } from './conf-directory.ts';
import { renderConf } from './conf-files.ts';
import { persistenceValues } from './conf-values.ts';
import { renderTemplate, type Template, type TemplateValues } from './template.ts';

/** A file of a rendered cluster. */
export interface RenderedFile {
  /** Below the directory of the cluster, with `/`. */
  readonly path: string;
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
  /** Its time of modification, in seconds since 1970. @default now */
  readonly stampSeconds?: number;
}

/** The templates of the files of a cluster. */
export interface ClusterTemplates {
  readonly redisConf: Template;
  readonly compose: Template;
  readonly readme: Template;
}

/** The directory with the conf of all nodes, which is closed to everybody else on the host. */
export const nodesDirectory = 'nodes';

/** Whatever user the server in a container is: it sees its own conf directory, and nothing around it. */
const readable = 0o644;

/**
 * A cluster as files: a compose file, what it mounts, and a page that says how to use it. Same values, same bytes.
 * @throws RmsxError `bad-spec` where a template names what is not there, or leaves out what must not be lost
 */
export function renderCluster(
  record: ClusterRecord,
  password: string,
  templates: ClusterTemplates,
): readonly RenderedFile[] {
  const { cluster } = record;
  const { redisConf, compose, readme } = templates;
  const refusals: RmsxError[] = [];
  /** What is wrong with one template must not hide what is wrong with another. */
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RmsxError)) throw error;
      refusals.push(error);
      return otherwise;
    }
  };
  const confs = attempt(() => cluster.nodes.flatMap((node) => confFiles(record, node, password, redisConf)), []);
  const hashOf = (node: NodeSpec): string => (confs.length === 0 ? '' : confHash(record, node, redisConf));
  const composeFile = attempt(() => renderCompose(cluster, compose, hashOf), '');
  const readmeFile = attempt(() => renderTemplate(readme, readmeValues(cluster)), '');
  refuseTemplates(refusals);
  return [
    { path: 'compose.yaml', content: composeFile, mode: readable },
    { path: 'README.md', content: readmeFile, mode: readable },
    { path: `${nodesDirectory}/.gitignore`, content: '# Passwords are in here.\n*\n', mode: readable },
    ...confs,
  ];
}

function refuseTemplates(refusals: readonly RmsxError[]): void {
  const [first, ...others] = refusals;
  if (!first) return;
  if (others.length === 0) throw first;
  const hints = new Set(refusals.flatMap(({ hint }) => hint ?? []));
  throw new RmsxError('bad-spec', `${refusals.length} templates cannot be used.`, {
    problems: refusals.flatMap(({ problems }) => problems),
    hint: [...hints].join('\n'),
  });
}

function confFiles(
  record: ClusterRecord,
  node: NodeSpec,
  password: string,
  { text, file }: Template,
): readonly RenderedFile[] {
  return renderConf(record, node, password, text, file).map(({ name, ...conf }) => ({
    ...conf,
    path: posix.join(nodesDirectory, node.name, name),
    mode: readable,
  }));
}

function renderCompose(cluster: ClusterSpec, template: Template, hashOf: (node: NodeSpec) => string): string {
  const content = renderTemplate(template, composeValues(cluster, hashOf), composeEssentials);
  const problems = checkCompose(content, template.file, cluster);
  if (problems.length === 0) return content;
  throw new RmsxError('bad-spec', `The template ${template.file} cannot be used.`, {
    problems,
    hint: 'See templates/compose.yaml of the package.',
  });
}

const composeEssentials: readonly string[] = ['name', 'nodes', 'node', 'ip', 'publish', 'conf', 'subnet', 'timezone'];

function composeValues(cluster: ClusterSpec, hashOf: (node: NodeSpec) => string): TemplateValues {
  const subnet = parseSubnet(cluster.subnet);
  if (typeof subnet === 'string') throw new RangeError(subnet);
  return {
    name: composeScalar(cluster.name),
    image: composeScalar(cluster.image),
    command: `[${serverCommand.map(composeScalar).join(', ')}]`,
    timezone: composeScalar(cluster.timezone),
    topology: composeScalar(cluster.topology),
    ...persistenceValues(cluster),
    'keeps-data': cluster.persistence !== 'none',
    'conf-directory': composeScalar(confDirectory),
    'data-in-memory': composeScalar(`${dataDirectory}:${dataInMemory}`),
    network: composeScalar(networkName(cluster.name)),
    subnet: composeScalar(subnet.cidr),
    'ip-range': composeScalar(dynamicRange(subnet)),
    gateway: composeScalar(gatewayIp(subnet)),
    nodes: cluster.nodes.map((node) => ({
      ...composeNode(cluster, node),
      'conf-hash': composeScalar(hashOf(node)),
    })),
  };
}

/** Compose does not look into mounted files: a label that changes with the conf makes it replace the container. */
function confHash(record: ClusterRecord, node: NodeSpec, { text, file }: Template): string {
  const withoutPassword = renderConf(record, node, '', text, file)[0]?.content ?? '';
  return createHash('sha256').update(withoutPassword).digest('hex').slice(0, 12);
}

function composeNode(cluster: ClusterSpec, node: NodeSpec): TemplateValues {
  const { host, port } = node.address;
  const volume = `${node.name}-data`;
  return {
    node: composeScalar(node.name),
    container: composeScalar(containerName(cluster.name, node.name)),
    'own-image': node.image === null || node.image === cluster.image ? null : composeScalar(node.image),
    'effective-image': composeScalar(imageOf(cluster, node)),
    ip: composeScalar(host),
    publish: composeScalar(`${cluster.bind}:${port}:${port}`),
    conf: composeScalar(`./${nodesDirectory}/${node.name}`),
    data: cluster.persistence === 'none' ? null : composeScalar(`${volume}:${dataDirectory}`),
    'data-volume': composeScalar(volume),
  };
}

function readmeValues(cluster: ClusterSpec): TemplateValues {
  const master = masterOf(cluster);
  return {
    name: cluster.name,
    topology: cluster.topology,
    replicas: String(cluster.nodes.length - 1),
    image: cluster.image,
    bind: cluster.bind,
    subnet: cluster.subnet,
    master: master.name,
    'master-container': containerName(cluster.name, master.name),
    'master-port': String(master.address.port),
    replica: heirOf(cluster) ?? null,
    ...persistenceValues(cluster),
    nodes: cluster.nodes.map((node) => ({
      node: node.name,
      container: containerName(cluster.name, node.name),
      address: node.address.host,
      port: String(node.address.port),
      'node-source': node.source ?? 'nobody',
      'node-image': imageOf(cluster, node),
    })),
  };
}

/** A replica that a promotion takes without --force, once the master is gone. */
function heirOf(cluster: ClusterSpec): string | undefined {
  const replicas = topDown(cluster).filter(({ source }) => source !== null);
  const heir = heirAmong(
    cluster,
    replicas.map(({ name }) => name),
  );
  return heir !== undefined && lostTo(cluster, heir).length === 0 ? heir : undefined;
}
