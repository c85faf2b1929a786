import { confDirectory } from '../../domain/names.ts';
import type { Ports } from '../../domain/ports.ts';
import type { NodeEvidence, Seen } from '../../domain/verification/evidence.ts';
import { readConf } from '../../render/conf-directory.ts';
import type { KnownCluster } from '../observe.ts';
import { forEachOf, seen } from './node-session.ts';

/** Reading files out of a container is work for the engine. */
const readAtOnce = 8;

/** Reads what every node would come back as: each of its files, whatever their stamps say. */
export async function readRoleConfs(
  { containers }: KnownCluster,
  { engine, signal }: Ports,
): Promise<ReadonlyMap<string, NodeEvidence['roleConf']>> {
  const confs = await forEachOf(containers, readAtOnce, async ({ id, node }) => {
    const files = await seen(signal, () => engine.readFiles(id, confDirectory));
    const conf: Seen<ReturnType<typeof readConf>> = 'error' in files ? files : { value: readConf(files.value) };
    return [node ?? '', 'error' in conf ? conf : { value: conf.value?.source }] as const;
  });
  return new Map(confs);
}
