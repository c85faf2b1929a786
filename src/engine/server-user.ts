import { type Owner, usualOwner } from '../domain/ports.ts';

/**
 * Under whom the server in a container runs. The official images start as root, and their entrypoint goes on as `redis`
 * or `valkey`, whose uid and gid differ between Debian and Alpine; hardened images name their user themselves.
 * @param configured - `USER` of the image: empty, a name or a uid, and perhaps a group after a colon
 * @param passwd - the text of /etc/passwd; empty where there is none
 */
export function serverUserOf(configured: string, passwd: string): Owner {
  const [user = '', group = ''] = configured.split(':');
  const entries = passwd.split('\n').map((line) => line.split(':'));
  const entry = startsAsRoot(configured)
    ? entries.find(([name]) => name === 'redis' || name === 'valkey')
    : entries.find(([name, , id]) => name === user || id === user);
  const [, , uid, gid] = entry ?? [];
  if (startsAsRoot(configured)) return { uid: Number(uid ?? usualOwner.uid), gid: Number(gid ?? usualOwner.gid) };
  // As the engine does it: a uid that the image does not know is in the group of root.
  return { uid: Number(uid ?? (Number(user) || usualOwner.uid)), gid: Number(group) || Number(gid ?? 0) };
}

/** Whether the process of an image starts as root. */
export const startsAsRoot = (configured: string): boolean => /^(root|0*)(:|$)/.test(configured);
