import type { NodeSpec } from '../domain/cluster.ts';
import type { ContainerFile } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { refuseUnsoundConf } from './conf-check.ts';
import { redisConf, renderRole } from './conf-directory.ts';
import { confEssentials, confValues } from './conf-values.ts';
import { namesIn, renderTemplate, type Template } from './template.ts';

/**
 * Everything that lies in the conf directory of a node.
 * @param text - of templates/redis.conf, or of what a user has in its place
 * @param file - what messages call it
 * @throws RmsxError `bad-spec` where the template names what is not there, or loses what rmsx relies on or what was asked for
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
  refuseUnsoundConf(content, file, cluster, node, password);
  return [{ name: redisConf, content, mode: 0o600 }, ...renderRole(record, node)];
}
