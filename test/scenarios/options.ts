import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** Parts of names; none: everything. */
  readonly parts: readonly string[];
  readonly image: string;
  readonly times: number;
  /** Whether clusters stay. */
  readonly keeps: boolean;
  readonly lists: boolean;
}

/** The text of --help. */
export const usage: string = `npm run scenario -- --list
npm run scenario -- "PART OF A NAME"… [--image IMAGE] [--times N] [--keep]
`;

/**
 * @returns undefined where help is asked for
 * @throws TypeError for a command line that is wrong
 */
export function parseOptions(argv: readonly string[], defaultImage: string): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      image: { type: 'string', default: defaultImage },
      times: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(values.times)) throw new TypeError(`--times: ${values.times} is no number from 1 to 9999`);
  if (positionals.length === 0 && !values.list)
    throw new TypeError('name a scenario, or a part of one; --list has them');
  const { image, keep, list } = values;
  return { parts: positionals, image, times: Number(values.times), keeps: keep, lists: list };
}

/** @returns whether a name has one of the parts, whatever the case */
export const isAsked = ({ parts }: Options, name: string): boolean =>
  parts.length === 0 || parts.some((part) => name.toLowerCase().includes(part.toLowerCase()));
