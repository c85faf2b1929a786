/** What became of a process; one on another machine, or in another container, cannot be asked. */
export type Fate = 'alive' | 'ended' | 'unknown';

/**
 * The process behind a lock, for people.
 * @param owner - what `thisProcess` said of it
 */
export function describeOwner(owner: string): string {
  const [host, pid] = owner.split('/');
  return `process ${pid} on ${host}`;
}
