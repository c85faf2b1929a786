import { posix } from 'node:path';
import type { NodeSpec } from '../domain/cluster.ts';
import { splitWords } from '../domain/conf-grammar.ts';
import { RmsxError } from '../domain/errors.ts';
import { confDirectory, dataDirectory } from '../domain/names.ts';
import type { ContainerFile } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { redisConf, renderRole, roleConf } from './conf-directory.ts';
import { confEssentials, confValues } from './conf-values.ts';
import { namesIn, renderTemplate, type Template } from './template.ts';

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
  refuseUnsound(content, file, node, password);
  return [{ name: redisConf, content, mode: 0o600 }, ...renderRole(record, node)];
}

/**
 * Looks at what a template of a user has become, as the server reads it: what rmsx relies on must be in force, and the
 * role must be the last word, as what stands below it would win against it.
 */
function refuseUnsound(content: string, file: string, node: NodeSpec, password: string): void {
  const lines = directivesIn(content);
  const last = (name: string): string | undefined => lines.findLast(([directive]) => directive === name)?.[1];
  const wanted = { port: String(node.address.port), requirepass: password, masterauth: password, dir: dataDirectory };
  const problems = [
    ...Object.entries(wanted)
      .filter(([name, value]) => last(name) !== value && !(name === 'dir' && last(name) === undefined)) // images start there
      .map(([name]) => `${file}: ${name} is not what rmsx needs it to be; see the template of the package`),
    ...(lines.some(([name]) => name === 'replicaof' || name === 'slaveof')
      ? [`${file}: the role is in ${roleConf}, and must not be in here too`]
      : []),
    ...(lines.at(-1)?.join(' ') === `include ${posix.join(confDirectory, roleConf)}`
      ? []
      : [`${file}: the last directive must be the one that includes ${roleConf}: include {{role-conf}}`]),
  ];
  if (problems.length > 0) throw new RmsxError('bad-spec', `The template ${file} cannot be used.`, { problems });
}

/** The directives of a conf with the first argument of each, as the server reads them. */
function directivesIn(content: string): readonly (readonly [string, string])[] {
  return content.split('\n').flatMap((line) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    const [name = '', value = ''] = words(text);
    return [[name.toLowerCase(), value] as const];
  });
}

/** A line that nobody can read is for the server to refuse. */
function words(line: string): readonly string[] {
  try {
    return splitWords(line).map((word) => word.toString('utf8'));
  } catch {
    return [];
  }
}
