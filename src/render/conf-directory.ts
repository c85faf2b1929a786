import { posix } from 'node:path';
import { type Address, type NodeSpec, sourceOf } from '../domain/cluster.ts';
import { decodeWord } from '../domain/conf-grammar.ts';
import { confDirectory } from '../domain/names.ts';
import type { NodeConf } from '../domain/observed.ts';
import type { ContainerFile, Directory } from '../domain/ports.ts';
import { type ClusterRecord, parseRecord, serializeRecord } from '../domain/record.ts';

/** The name of the conf itself: static, with the password. */
export const redisConf = 'redis.conf';
/** What redis.conf includes: the role, in a file of its own, as roles change. */
export const roleConf = 'role.conf';
/** The name of the record: see `ClusterRecord`. */
const recordFile = 'rmsx.json';

/** Everything that rmsx reads in the directory. */
export const confFileNames: readonly string[] = [redisConf, roleConf, recordFile];

/** The file whose time of modification is the epoch of the change that a node knows. */
export const stampedFile: string = posix.join(confDirectory, roleConf);

/** The command of every container. Nothing that depends on the role or the password may be in it. */
export const serverCommand: readonly string[] = ['redis-server', posix.join(confDirectory, redisConf)];

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

/** The same as a directory that a node has: see `renderRole`. */
export const roleDirectory = (record: ClusterRecord, node: NodeSpec): Directory => ({
  path: confDirectory,
  files: renderRole(record, node),
  isThere: true,
});

/**
 * The reverse: what rmsx reads in the conf directory of a node.
 * @param files - name -> content
 * @returns null where there is no redis.conf with a password: the node was never finished
 */
export function readConf(files: ReadonlyMap<string, string>): NodeConf | null {
  const password = readPassword(files.get(redisConf) ?? '');
  if (password === null) return null;
  return {
    password,
    source: readSource(files.get(roleConf) ?? ''),
    record: parseRecord(files.get(recordFile) ?? ''),
  };
}

/** What cannot be read was never the password of a server: it would not have started. */
function readPassword(text: string): string | null {
  const [, word] = /^[ \t]*requirepass[ \t]+(.*\S)[ \t\r]*$/im.exec(text) ?? [];
  try {
    return word === undefined ? null : decodeWord(word);
  } catch {
    return null;
  }
}

function readSource(text: string): Address | null | undefined {
  const [, host, port] = /^replicaof (\S+) (\S+)$/m.exec(text) ?? [];
  if (host === undefined || port === undefined) return undefined;
  return host === 'no' ? null : { host, port: Number(port) };
}
