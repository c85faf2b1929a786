import { posix } from 'node:path';
import { type Address, type NodeSpec, sourceOf } from '../domain/cluster.ts';
import { confDirectory } from '../domain/names.ts';
import type { NodeConf } from '../domain/observed.ts';
import type { ContainerFile } from '../domain/ports.ts';
import { type ClusterRecord, parseRecord, serializeRecord } from '../domain/record.ts';
import { decodeConfValue, encodeConfValue } from './conf-value.ts';
import { renderTemplate } from './template.ts';

const redisConf = 'redis.conf';
const roleConf = 'role.conf';
const recordFile = 'rmsx.json';

/** The file whose time of modification is the epoch of the change that a node knows. */
export const stampedFile: string = posix.join(confDirectory, roleConf);

/** The command of every container. Nothing that depends on the role or the password may be in it. */
export const serverCommand: readonly string[] = ['redis-server', posix.join(confDirectory, redisConf)];

/**
 * Everything that lies in the conf directory of a node.
 * @param template - the text of templates/redis.conf
 */
export function renderConf(
  record: ClusterRecord,
  node: NodeSpec,
  password: string,
  template: string,
): readonly ContainerFile[] {
  const { cluster } = record;
  const content = renderTemplate('redis.conf', template, {
    node: node.name,
    cluster: cluster.name,
    ip: node.address.host,
    port: String(node.address.port),
    password: encodeConfValue(password),
    'disabled-command': cluster.disabledCommands,
    appendonly: cluster.persistence === 'aof' ? 'yes' : 'no',
    'role-conf': posix.join(confDirectory, roleConf),
  });
  return [{ name: redisConf, content, mode: 0o600 }, ...renderRole(record, node)];
}

/**
 * The part of the conf that a change of roles rewrites. The role is stamped with the epoch, so that a look at the stamp
 * tells which node knows the latest change: docs/decisions/003.
 */
export function renderRole(record: ClusterRecord, node: NodeSpec): readonly ContainerFile[] {
  const source = sourceOf(record.cluster, node)?.address;
  const directive = source ? `replicaof ${source.host} ${source.port}` : 'replicaof no one';
  const content = `# The role of ${node.name} since change ${record.epoch} of the cluster. Written by rmsx alone.\n${directive}\n`;
  return [
    { name: roleConf, content, mode: 0o644, stampSeconds: record.epoch },
    { name: recordFile, content: serializeRecord(record), mode: 0o644 },
  ];
}

/**
 * The reverse: what rmsx reads in the conf directory of a node.
 * @param files - name -> content
 * @returns null where there is no redis.conf with a password: the node was never finished
 */
export function readConf(files: ReadonlyMap<string, string>): NodeConf | null {
  const password = /^requirepass (.+)$/m.exec(files.get(redisConf) ?? '')?.[1];
  if (password === undefined) return null;
  return {
    password: decodeConfValue(password),
    source: readSource(files.get(roleConf) ?? ''),
    record: parseRecord(files.get(recordFile) ?? ''),
  };
}

function readSource(text: string): Address | null | undefined {
  const [, host, port] = /^replicaof (\S+) (\S+)$/m.exec(text) ?? [];
  if (host === undefined || port === undefined) return undefined;
  return host === 'no' ? null : { host, port: Number(port) };
}
