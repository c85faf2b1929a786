import type { Command, OptionSpecs } from '../command.ts';
import { commonOptions, commonOptionsOf } from '../options.ts';
import type { WrittenLine } from './read-words.ts';

/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  readonly describe: string;
}

/** What completion offers at one place of a command line. */
export interface Offer {
  readonly candidates: readonly Candidate[];
  /** What has to be looked up on the engine: names of clusters, or of the nodes of one. */
  readonly live: 'cluster' | 'node' | undefined;
  /** What the shell completes by itself. */
  readonly paths: 'files' | 'directories' | undefined;
}

/** A verb, as the help text has it. */
export interface Verb {
  readonly name: string;
  readonly describe: string;
}

const nothing: Offer = { candidates: [], live: undefined, paths: undefined };

/**
 * Says what may stand where the cursor is. Pure: what only the engine knows is named in `live`.
 * @param command - the command of the verb of the line; undefined where it has none, or a wrong one
 */
export function offerFor(line: WrittenLine, command: Command | undefined, verbs: readonly Verb[]): Offer {
  if (line.isPassedOn) return nothing;
  const options: OptionSpecs = command ? { ...commonOptionsOf(command), ...command.options } : commonOptions;
  if (line.flag !== undefined) {
    const spec = (line.verb === undefined ? commonOptions : options)[line.flag];
    return spec?.environmentOnly ? nothing : offerOf(spec?.values ?? []);
  }
  if (line.current.startsWith('-')) return { ...nothing, candidates: flags(options) };
  const words = verbs.map(({ name, describe }) => ({ word: name, describe }));
  if (line.verb === undefined) {
    return { ...nothing, candidates: [...words, { word: 'help', describe: 'examples and flags of a verb' }] };
  }
  if (line.verb === 'help') return line.positionals.length === 0 ? { ...nothing, candidates: words } : nothing;
  if (!command || line.positionals.length >= command.maxPositionals) return nothing;
  const values = command.positionalValues ?? [];
  const offer = offerOf(values[Math.min(line.positionals.length, values.length - 1)] ?? []);
  return { ...offer, candidates: offer.candidates.filter(({ word }) => !line.positionals.includes(word)) };
}

function offerOf(values: readonly string[]): Offer {
  return {
    candidates: values.filter((value) => !value.startsWith(':')).map((word) => ({ word, describe: '' })),
    live: values.includes(':cluster') ? 'cluster' : values.includes(':node') ? 'node' : undefined,
    paths: values.includes(':files') ? 'files' : values.includes(':directories') ? 'directories' : undefined,
  };
}

function flags(options: OptionSpecs): readonly Candidate[] {
  return Object.entries(options).flatMap(([name, { alias, describe, environmentOnly }]) => {
    if (environmentOnly) return [];
    const off = describe.includes(`--no-${name}`) ? [`--no-${name}`] : [];
    return [`--${name}`, ...off, ...(alias ? [`-${alias}`] : [])].map((word) => ({ word, describe }));
  });
}
