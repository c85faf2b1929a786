import { generatePassword } from '../config/password.ts';
import { masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { isMadeByCompose, type NodeConf, nodeContainers, type ObservedEngine } from '../domain/observed.ts';
import type { ClusterRecord } from '../domain/record.ts';

/** The password of a cluster, and the one that it is to get. */
export interface Passwords {
  readonly password: string;
  /** Missing where nothing changes. */
  readonly newPassword?: string;
}

/**
 * Settles which password the nodes know, and which they are to know. Without containers a new one simply is written; a
 * change that was cut off, which the master is the last to learn of, is finished.
 * @param wanted - the one that was given
 * @throws RmsxError `conflict` where somebody else has to change it
 */
export function settlePassword(
  wanted: string | undefined,
  existing: ClusterRecord | null,
  { confs, engine }: { readonly confs: ReadonlyMap<string, NodeConf>; readonly engine: ObservedEngine },
): Passwords {
  const known = [...confs.values()].map(({ password }) => password);
  const [first] = known;
  if (first === undefined || !existing) return { password: wanted ?? first ?? generatePassword() };
  const { cluster } = existing;
  const own = nodeContainers(cluster.name, engine);
  if (own.length === 0) return { password: wanted ?? first };
  const password = confs.get(masterOf(cluster).name)?.password ?? first;
  const newPassword = wanted ?? known.find((other) => other !== password) ?? password;
  if (known.every((other) => other === newPassword)) return { password };
  const refuse = (why: string, hint: string): never => {
    throw new RmsxError(
      'conflict',
      `The cluster ${cluster.name} has another password than the one given, and ${why}.`,
      {
        hint: `Leave the password out (and unset RMSX_PASSWORD), or ${hint}`,
      },
    );
  };
  if (own.some(isMadeByCompose))
    refuse('Docker Compose owns it', 'render the files anew with it, and then: docker compose up -d --force-recreate');
  if (cluster.disabledCommands.includes('ACL'))
    refuse(
      'ACL, which changes it without a gap, is disabled',
      `change it, the data is kept: ${rmsxCommand(cluster.name, 'down')}, then up again with the new one`,
    );
  return { password, newPassword };
}
