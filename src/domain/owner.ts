/**
 * The process behind a lock, for people.
 * @param owner - what `thisProcess` said of it
 */
export function describeOwner(owner: string): string {
  const [host, pid] = owner.split('/');
  return `process ${pid} on ${host}`;
}
