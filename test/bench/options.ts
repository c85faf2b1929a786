import { parseArgs } from 'node:util';

/** What can be measured. */
export const groups = [
  'up',
  'cli',
  'status',
  'promote',
  'failover',
  'watch',
  'topologies',
  'fixture',
  'several',
] as const;

/** One of the things that can be measured. */
export type Group = (typeof groups)[number];

/** How often each thing is measured, where the command line does not say. */
export const defaultRounds = {
  'up of 3': 5,
  'up of 31': 3,
  cli: 9,
  status: 9,
  promote: 5,
  failover: 5,
  watch: 3,
  topologies: 3,
  fixture: 7,
  several: 3,
} as const;

/** What the command line asks for. */
export interface Options {
  readonly only: readonly Group[];
  readonly image: string;
  /** Where the JSON document goes. */
  readonly out: string;
  /** The rmsx that is measured. */
  readonly bin: string;
  /** The same number for everything, or undefined: each its default. */
  readonly rounds: number | undefined;
}

/** The text of --help. */
export const usage: string = `npm run bench -- [--rounds N] [--only ${groups.join(',')}] [--image IMAGE] [--out FILE] [--bin FILE]
`;

/**
 * @param defaultImage - where neither --image nor RMSX_IMAGE names one
 * @returns undefined where help is asked for
 * @throws TypeError for a command line that is wrong
 */
export function parseOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  defaultImage: string,
): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string' },
      only: { type: 'string', default: groups.join(',') },
      image: { type: 'string', default: env.RMSX_IMAGE || defaultImage },
      out: { type: 'string', default: 'bench-results.json' },
      bin: { type: 'string', default: 'bin/rmsx.js' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { image, out, bin } = values;
  return { only: parseGroups(values.only), rounds: parseRounds(values.rounds), image, out, bin };
}

function parseGroups(text: string): readonly Group[] {
  const asked = text.split(',');
  const unknown = asked.filter((name) => !groups.includes(name as Group));
  if (unknown.length > 0) throw new TypeError(`--only: ${unknown.join(', ')} is none of ${groups.join(', ')}`);
  return groups.filter((name) => asked.includes(name));
}

function parseRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new TypeError(`--rounds: ${text} is no number from 1 to 999`);
  return Number(text);
}
