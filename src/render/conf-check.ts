import { posix } from 'node:path';
import { whyOwned } from '../config/owned-directives.ts';
import type { ClusterSpec, NodeSpec } from '../domain/cluster.ts';
import { splitWords } from '../domain/conf-grammar.ts';
import { canonicalDirective } from '../domain/directives.ts';
import { RmsxError } from '../domain/errors.ts';
import { mergeDirectives } from '../domain/merge-directives.ts';
import { confDirectory, dataDirectory } from '../domain/names.ts';
import { roleConf } from './conf-directory.ts';

/** The canonical name of a directive, and its arguments. */
type Line = readonly [name: string, ...args: readonly string[]];

/**
 * Looks at what a template of a user has become, as the server reads it: what rmsx relies on and what was asked for must
 * be in force, and the role must be the last word, as what stands below it would win against it.
 * @param file - what messages call the template
 * @throws RmsxError `bad-spec` with everything that is lost
 */
export function refuseUnsoundConf(
  content: string,
  file: string,
  cluster: ClusterSpec,
  node: NodeSpec,
  password: string,
): void {
  const lines = content.split('\n').flatMap(lineIn);
  const last = (name: string): string | undefined => lines.findLast(([directive]) => directive === name)?.[1];
  const wanted = { port: String(node.address.port), requirepass: password, masterauth: password, dir: dataDirectory };
  const problems = [
    ...Object.entries(wanted)
      .filter(([name, value]) => last(name) !== value && !(name === 'dir' && last(name) === undefined)) // images start there
      .map(([name]) => `${name} is not what rmsx needs it to be; see the template of the package`),
    ...persistenceProblems(lines, last('appendonly'), cluster, node),
    ...cluster.disabledCommands
      .filter((command) => !lines.some((line) => disables(line, command)))
      .map((command) => `${command} is not disabled, and was asked to be: rename-command ${command} ""`),
    ...['replica-read-only', 'protected-mode']
      .filter((name) => last(name)?.toLowerCase() === 'no')
      .map((name) => `${name} must not be no: ${whyOwned(name)}`),
    ...(lines.some(([name]) => name === 'replicaof')
      ? [`the role is in ${roleConf}, and must not be in here too`]
      : []),
    ...(lines.at(-1)?.slice(0, 2).join(' ') === `include ${posix.join(confDirectory, roleConf)}`
      ? []
      : [`the last directive must be the one that includes ${roleConf}: include {{role-conf}}`]),
  ].map((problem) => `${file}: ${problem}`);
  if (problems.length > 0) throw new RmsxError('bad-spec', `The template ${file} cannot be used.`, { problems });
}

function persistenceProblems(
  lines: readonly Line[],
  appendonly: string | undefined,
  cluster: ClusterSpec,
  node: NodeSpec,
): readonly string[] {
  const why = `as persistence is ${cluster.persistence}`;
  const log = cluster.persistence === 'aof' ? 'yes' : 'no';
  const isLogged = (appendonly ?? 'no').toLowerCase() === log;
  const saves = lines.filter(([name]) => name === 'save').map(([, ...args]) => args);
  const asked = mergeDirectives(cluster.directives, node.directives).save?.map(wordsIn);
  const wanted = cluster.persistence === 'rdb' ? asked && snapshotsIn(asked) : [];
  return [
    ...(isLogged ? [] : [`appendonly must be ${log}, ${why}`]),
    ...saveProblems(saves, wanted, asked ? 'as was asked for' : why),
  ];
}

/**
 * @param saves - what follows `save` in every line; a server that is told nothing writes snapshots
 * @param wanted - none for no snapshots at all, undefined for any
 */
function saveProblems(
  saves: readonly (readonly string[])[],
  wanted: readonly string[] | undefined,
  why: string,
): readonly string[] {
  const there = snapshotsIn(saves);
  const isOff = saves.length > 0 && there.length === 0;
  if (wanted === undefined) return isOff ? [`save must not be "", ${why}`] : [];
  if (wanted.length === 0) return isOff ? [] : [`save must be "", ${why}`];
  return wanted.filter((pair) => !there.includes(pair)).map((pair) => `save ${pair} is lost, and was asked for`);
}

/** Seconds and changes of every snapshot in force: each line adds to those before, and an empty one takes them back. */
function snapshotsIn(saves: readonly (readonly string[])[]): readonly string[] {
  const texts = saves.map((args) => args.join(' ').trim());
  return texts.slice(texts.lastIndexOf('') + 1).flatMap((text) => text.match(/\S+\s+\S+/g) ?? []);
}

const disables = ([name, command, other]: Line, wanted: string): boolean =>
  name === 'rename-command' && command?.toUpperCase() === wanted.toUpperCase() && other === '';

/** A line of a conf as the server reads it; nothing for one that says nothing. */
function lineIn(line: string): readonly Line[] {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return [];
  const [name = '', ...args] = wordsIn(text);
  return [[canonicalDirective(name) ?? name.toLowerCase(), ...args]];
}

/** A line that nobody can read is for the server to refuse. */
function wordsIn(line: string): readonly string[] {
  try {
    return splitWords(line).map((word) => word.toString('utf8'));
  } catch {
    return [];
  }
}
