import type { DataType, KeyName, Marker } from '../data.ts';

/** What no key of anybody else begins with. */
export const markerPrefix = '__rmsx__:verify:';

/** What it takes to write and to read a key of a type, beyond commands that no cluster can disable. */
const commandsFor: Readonly<Record<DataType, readonly string[]>> = {
  string: ['GETRANGE'],
  hash: ['PEXPIRE', 'HSCAN'],
  list: ['PEXPIRE', 'RPUSH', 'LRANGE'],
  set: ['PEXPIRE', 'SADD', 'SSCAN'],
  zset: ['PEXPIRE', 'ZADD', 'ZRANGE'],
  stream: ['PEXPIRE', 'XADD', 'XRANGE'],
};

/**
 * Markers of every type that the cluster has commands for, in turn. Strings are always among them.
 * @param run - what tells this verification from every other one
 * @param disabled - commands that the cluster disables
 */
export function makeMarkers(run: string, count: number, disabled: readonly string[]): readonly Marker[] {
  const isThere = (type: string): boolean => commandsFor[type as DataType].every((name) => !disabled.includes(name));
  const types = (Object.keys(commandsFor) as DataType[]).filter((type) => type === 'string' || isThere(type));
  return Array.from({ length: count }, (_, i) => {
    const type = types[i % types.length] ?? 'string';
    return { name: markerName(run, String(i)), type, elements: elementsFor(type, `${run}-${i}`) };
  });
}

/** @returns the name of a marker */
export const markerName = (run: string, rest: string): KeyName => `${markerPrefix}${run}:${rest}`;

function elementsFor(type: DataType, value: string): readonly string[] {
  switch (type) {
    case 'string':
      return [value];
    case 'hash':
      return ['first', value, 'second', `${value}-2`];
    case 'zset':
      return [value, '1.5', `${value}-2`, '20'];
    case 'stream':
      return ['1-1', 'first', value, '1-2', 'second', value];
    default:
      return [value, `${value}-2`];
  }
}
