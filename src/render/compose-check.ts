import { parse } from 'yaml';
import { type ClusterSpec, imageOf, type NodeSpec } from '../domain/cluster.ts';
import { confDirectory, containerName, dataDirectory, networkName } from '../domain/names.ts';

/**
 * Looks at what a template of a user has become, as Compose reads it: a value that was asked for must be in force. What
 * somebody adds or leaves out beside that is theirs.
 * @param content - the rendered compose file
 * @param file - what messages call its template
 * @returns every value that is not in force, as sentences
 */
export function checkCompose(content: string, file: string, cluster: ClusterSpec): readonly string[] {
  const found = read(content);
  if (!found) return [`${file}: it does not become YAML that Compose could read`];
  const services = mapOf(found.services);
  const problems = [
    ...lost('name', found.name, cluster.name),
    ...cluster.nodes.flatMap((node) => checkService(node, mapOf(services[node.name]), cluster)),
    ...checkNetworks(mapOf(found.networks), cluster),
  ];
  return problems.map((problem) => `${file}: ${problem}`);
}

/** `<<` is what Compose knows of YAML 1.1; every node has an alias, so their number is no sign of anything. */
function read(content: string): YamlMap | undefined {
  try {
    return mapOf(parse(content, { merge: true, maxAliasCount: -1 }));
  } catch {
    return undefined;
  }
}

type YamlMap = Readonly<Record<string, unknown>>;

const mapOf = (value: unknown): YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as YamlMap) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Both forms of Compose: a map, and a list of `name=value`. */
function pairsOf(value: unknown): YamlMap {
  if (!Array.isArray(value)) return mapOf(value);
  return Object.fromEntries(
    value.map((pair) => {
      const [name = '', ...rest] = String(pair).split('=');
      return [name, rest.join('=')];
    }),
  );
}

function lost(what: string, found: unknown, wanted: string): readonly string[] {
  const text = found === undefined || found === null ? undefined : String(found);
  if (text !== undefined && (hasVariable(text) || text.replaceAll('$$', () => '$') === wanted)) return [];
  return [`${what} ${text === undefined ? 'is not in it' : `is ${text}`}, and ${wanted} is asked for`];
}

/** Compose makes a dollar of two, and a variable of one. */
const hasVariable = (text: string): boolean => text.replaceAll('$$', '').includes('$');

function checkService(node: NodeSpec, service: YamlMap, cluster: ClusterSpec): readonly string[] {
  const { name } = node;
  const labels = pairsOf(service.labels);
  const networks = mapOf(service.networks);
  const { host, port } = node.address;
  const isPublished = listOf(service.ports).some((entry) => publishes(entry, cluster.bind, port));
  const mounts = listOf(service.volumes);
  const hasRestart = service.restart !== undefined && service.restart !== 'no';
  return [
    ...lost(`container_name of ${name}`, service.container_name, containerName(cluster.name, name)),
    ...lost(`image of ${name}`, service.image, imageOf(cluster, node)),
    ...lost(`label rmsx.cluster of ${name}`, labels['rmsx.cluster'], cluster.name),
    ...lost(`label rmsx.node of ${name}`, labels['rmsx.node'], name),
    ...lost(`TZ of ${name}`, pairsOf(service.environment).TZ, cluster.timezone),
    ...(Object.values(networks).some((network) => mapOf(network).ipv4_address === host)
      ? []
      : [`the address ${host} of ${name} is not in it`]),
    ...(isPublished ? [] : [`the port ${cluster.bind}:${port}:${port} of ${name} is not in it`]),
    ...(mounts.some((mount) => targetOf(mount) === confDirectory)
      ? []
      : [`nothing is mounted on ${confDirectory} of ${name}: its conf is there`]),
    ...(cluster.persistence === 'none' || mounts.some((mount) => targetOf(mount) === dataDirectory)
      ? []
      : [`nothing is mounted on ${dataDirectory} of ${name}: its data is to be kept`]),
    ...(hasRestart && cluster.persistence !== 'aof'
      ? [
          `restart of ${name} is ${String(service.restart)}: a master that comes back by itself without its data empties its replicas`,
        ]
      : []),
  ];
}

function publishes(entry: unknown, bind: string, port: number): boolean {
  if (typeof entry !== 'object') return String(entry) === `${bind}:${port}:${port}`;
  const { published, target, host_ip: host = '0.0.0.0' } = mapOf(entry);
  return String(published) === String(port) && String(target) === String(port) && host === bind;
}

/** `source:target`, `source:target:ro`, or a map. */
const targetOf = (mount: unknown): unknown => (typeof mount === 'string' ? mount.split(':')[1] : mapOf(mount).target);

function checkNetworks(networks: YamlMap, cluster: ClusterSpec): readonly string[] {
  const subnets = Object.values(networks).flatMap((network) =>
    listOf(mapOf(mapOf(network).ipam).config).map((config) => mapOf(config).subnet),
  );
  const names = Object.values(networks).map((network) => mapOf(network).name);
  return [
    ...(subnets.includes(cluster.subnet) ? [] : [`no network has the subnet ${cluster.subnet}`]),
    ...(names.includes(networkName(cluster.name)) ? [] : [`no network is called ${networkName(cluster.name)}`]),
  ];
}
