import { posix } from 'node:path';
import { type Address, type NodeSpec, sourceOf } from '../domain/cluster.ts';
import { decodeWord } from '../domain/conf-grammar.ts';
import { RmsxError } from '../domain/errors.ts';
import { confDirectory } from '../domain/names.ts';
import type { NodeConf } from '../domain/observed.ts';
import type { ContainerFile } from '../domain/ports.ts';
import { type ClusterRecord, parseRecord, serializeRecord } from '../domain/record.ts';
import { confEssentials, confValues, roleConf } from './conf-values.ts';
import { namesIn, renderTemplate, type Template } from './template.ts';

const redisConf = 'redis.conf';
const recordFile = 'rmsx.json';

/** The file whose time of modification is the epoch of the change that a node knows. */
export const stampedFile: string = posix.join(confDirectory, roleConf);

/** The command of every container. Nothing that depends on the role or the password may be in it. */
export const serverCommand: readonly string[] = ['redis-server', posix.join(confDirectory, redisConf)];

/**
 * Everything that lies in the conf directory of a node.
 * @param text - of templates/redis.conf, or of what a user has in its place
 * @param file - what messages call it
 * @throws RmsxError `bad-spec` where the template names what is not there, or leaves out what must not be lost
 */
export function renderConf(
  record: ClusterRecord,
  node: NodeSpec,
  password: string,
  text: string,
  file: string = redisConf,
): readonly ContainerFile[] {
  const { cluster } = record;
  const template: Template = { file, text };
  const values = confValues(cluster, node, password, namesIn(template));
  const content = renderTemplate(template, values, confEssentials(cluster));
  refuseAfterInclude(content, file);
  return [{ name: redisConf, content, mode: 0o600 }, ...renderRole(record, node)];
}

/** What stands below the role wins against it: a promotion would not last. */
function refuseAfterInclude(content: string, file: string): void {
  const lines = content.split('\n').map((line) => line.trim());
  const last = lines.findLast((line) => line !== '' && !line.startsWith('#'));
  if (last === `include ${posix.join(confDirectory, roleConf)}`) return;
  throw new RmsxError('bad-spec', `${file}: the last directive must be the one that includes ${roleConf}.`, {
    hint: 'End the template with this line: include {{role-conf}}',
  });
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
  const [, word] = /^requirepass (.+)$/m.exec(text) ?? [];
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
