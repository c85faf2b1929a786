import type { Leftover } from '../../domain/leftover.ts';
import { gc } from '../../operations/gc.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { dryRunOption, onlyOption } from '../options.ts';

/** `rmsx gc` */
export const gcCommand: Command = {
  name: 'gc',
  positionals: '',
  maxPositionals: 0,
  describe: 'remove what interrupted runs left behind, and nothing else',
  options: {
    'older-than': { type: 'string', describe: 'leave alone what is younger', otherwise: '1h' },
    ...dryRunOption,
    ...onlyOption,
  },
  ignoresFile: true, // a look at the whole engine, unless a cluster is named
  examples: [
    ['rmsx gc --dry-run', 'what would go, and why'],
    ['rmsx gc --older-than 6h', 'on a machine of a CI, every night'],
    ['rmsx gc -n demo --older-than 0s', 'of one cluster, at once'],
  ],
  run: async (args, context) => {
    const olderThanMs = ageFrom(args);
    const dryRun = args.switch('dry-run') ?? false;
    args.throwIfWrong('rmsx gc --help');
    const named: { readonly cluster?: string } = args.isTyped('name') ? { cluster: context.name } : {};
    const age = olderThanMs === undefined ? {} : { olderThanMs };
    const result = await gc({ ...named, ...age, dryRun }, await context.ports(named.cluster ?? null));
    await context.print({ dryRun, ...result }, () => result.leftovers.map(describe).join(''));
    for (const { cluster, because, hint } of result.kept) {
      context.tell(`kept: ${cluster}: ${because}`);
      if (hint !== null) context.tell(`hint: ${hint}`);
    }
    if (result.leftovers.length === 0) context.tell('nothing to remove');
    return 0;
  },
};

/** Unlike other times, this one may be 0. */
function ageFrom(args: Arguments): number | undefined {
  return /^0+(ms|s|m|h)$/.test(args.text('older-than') ?? '') ? 0 : args.durationMs('older-than');
}

const describe = ({ kind, name, id, because }: Leftover): string =>
  `${kind} ${name}${kind === 'volume' ? '' : ` (${id.slice(0, 12)})`}: ${because}\n`;
