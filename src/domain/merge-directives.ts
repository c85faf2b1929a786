import { type ClusterSpec, type Directives, findNode } from './cluster.ts';

/** The directive whose lines are for classes of clients. */
export const bufferLimit = 'client-output-buffer-limit';
/** Its name, the hard limit, the soft one, and for how many seconds that may be passed. */
const wordsPerClass = 4;

/**
 * Directives on top of others. One takes the place of one with the same name, except for the limits of output buffers:
 * they are for classes of clients, and a class that is not named keeps the limit that it had.
 */
export function mergeDirectives(below: Directives | undefined, above: Directives | undefined): Directives {
  const merged = { ...below, ...above };
  const [own, others] = [above?.[bufferLimit], below?.[bufferLimit]];
  return own && others ? { ...merged, [bufferLimit]: mergeLimits(others, own) } : merged;
}

/** @returns what follows a directive on a node, as it was asked for: the last line, or undefined */
export const askedFor = (cluster: ClusterSpec, node: string, directive: string): string | undefined =>
  mergeDirectives(cluster.directives, findNode(cluster, node)?.directives)[directive]?.at(-1);

/** @returns the classes of clients that lines of limits are for; what was called `slave` is `replica` */
export const limitedClasses = (lines: readonly string[]): readonly string[] => limitsIn(lines).map(([name]) => name);

function mergeLimits(below: readonly string[], above: readonly string[]): readonly string[] {
  const named = limitedClasses(above);
  const kept = limitsIn(below).filter(([name]) => !named.includes(name));
  return [...kept.map(([, line]) => line), ...above];
}

function limitsIn(lines: readonly string[]): readonly (readonly [name: string, line: string])[] {
  return lines.flatMap((line) => {
    const words = line.split(' ');
    const starts = words.map((_, i) => i).filter((i) => i % wordsPerClass === 0);
    return starts.map((start) => {
      const name = (words[start] ?? '').toLowerCase();
      return [name === 'slave' ? 'replica' : name, words.slice(start, start + wordsPerClass).join(' ')] as const;
    });
  });
}
