import { clusterNameProblem } from '../config/cluster-name.ts';
import { nearest } from '../config/nearest.ts';
import { RmsxError } from '../domain/errors.ts';
import { spelledOut } from './spelled-out.ts';
import type { UpSettings } from './up.ts';

/** The longest time that a timer of Node takes, in ms: 24 days. */
const longestMs = 2 ** 31 - 1;

/** What a setting may be: one of these words, or anything that the look at the cluster finds sound. */
const settings: Readonly<Record<keyof UpSettings, readonly string[] | 'any'>> = {
  name: 'any',
  topology: ['star', 'chain', 'tree', 'custom'],
  replicas: 'any',
  fanout: 'any',
  image: 'any',
  subnet: 'any',
  basePort: 'any',
  bind: 'any',
  timezone: 'any',
  persistence: ['aof', 'rdb', 'none'],
  disabledCommands: 'any',
  allowCommands: 'any',
  directives: 'any',
  nodes: 'any',
  isolated: 'any',
  password: 'any',
  pull: ['missing', 'never', 'always'],
  retain: 'any',
  signal: 'any',
  progress: 'any',
  timeoutMs: 'any',
  dockerHost: 'any',
  dockerContext: 'any',
  insecureEngine: 'any',
};

/**
 * Checks the settings of `up` for what TypeScript would not let through: in JavaScript nobody has said it yet.
 * @throws RmsxError `bad-spec` with all that is wrong
 */
export function checkSettings(given: UpSettings): void {
  const problems = Object.entries(given).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (!Object.hasOwn(settings, key)) {
      const meant = nearest(key, Object.keys(settings));
      return [`${key}: there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`];
    }
    const words = settings[key as keyof UpSettings];
    if (words === 'any' || words.includes(value)) return [];
    return [`${key}: ${String(value)} is not one of ${words.join(', ')}`];
  });
  if (problems.length > 0) throw spelledOut(new RmsxError('bad-spec', 'This cluster cannot be made.', { problems }));
}

/**
 * A name that is none would mean every cluster of the engine: `process.env.RMSX_NAME` may be undefined.
 * @throws RmsxError `bad-usage`
 */
export function checkName(name: unknown): void {
  const [problem] = typeof name === 'string' ? clusterNameProblem(name) : [`${String(name)} is no name of a cluster`];
  if (problem !== undefined) throw new RmsxError('bad-usage', `${problem}.`);
}

/**
 * @returns how long a timer is to run; undefined for no end
 * @throws RmsxError `bad-usage`
 */
export function checkTimeoutMs(timeoutMs: unknown): number | undefined {
  if (typeof timeoutMs === 'number' && timeoutMs > 0) return timeoutMs > longestMs ? undefined : timeoutMs;
  throw new RmsxError('bad-usage', `timeoutMs: ${String(timeoutMs)} is not a time in ms, above 0.`);
}

/**
 * @returns the names of nodes in what a call was given
 * @throws RmsxError `bad-usage` where options stand in their place, or nothing
 */
export function checkNodes(target: unknown): readonly string[] {
  const names = Array.isArray(target) ? target : [target];
  if (names.every((name) => typeof name === 'string')) return names;
  throw new RmsxError('bad-usage', 'Which nodes is told by their names, before the options.', {
    hint: "kill('master', { signal })   promote(null, { signal })   heal([], { signal })",
  });
}

/**
 * @returns the name of the node that a call was given
 * @throws RmsxError `bad-usage`
 */
export function checkNode(node: unknown): string {
  const [name, ...more] = checkNodes(node);
  if (name === undefined || more.length > 0) throw new RmsxError('bad-usage', 'One node is named here.');
  return name;
}
