import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';

/** A shorter password falls to whoever may guess as often as they like: a server answers a million guesses a second. */
const minCharacters = 16;

const isExposed = ({ bind }: ClusterSpec): boolean => !bind.startsWith('127.');

/** @returns what it means to publish the ports where others reach them; nothing for the loopback */
export function exposureWarnings(cluster: ClusterSpec): readonly string[] {
  if (!isExposed(cluster)) return [];
  const { bind } = cluster;
  return [
    `The ports are published on ${bind}: everybody who reaches this host there can connect with the password, and published ports go past most firewalls. For this host alone: --bind 127.0.0.1`,
  ];
}

/**
 * @param password - the one that the nodes get
 * @throws RmsxError `unsafe` where others can try passwords, and this one is short
 */
export function refuseGuessable(cluster: ClusterSpec, password: string): void {
  const { length } = [...password];
  if (!isExposed(cluster) || length >= minCharacters) return;
  throw new RmsxError(
    'unsafe',
    `The ports would be published on ${cluster.bind}, where others can guess the password of ${length} characters: it takes ${minCharacters} or more.`,
    { hint: 'Give a longer one: --password-file FILE   or publish for this host alone: --bind 127.0.0.1' },
  );
}
