import { posix } from 'node:path';
import type { NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { confDirectory } from '../domain/names.ts';
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
