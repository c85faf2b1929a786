import { defaults } from '../../config/defaults.ts';
import { verify, verifyLimits } from '../../operations/verify.ts';
import { renderTap } from '../../render/tap.ts';
import { renderVerification } from '../../render/verification-text.ts';
import type { Command } from '../command.ts';
import { formatDocument } from '../output.ts';
import { paintFor } from '../paint.ts';

const formats = ['table', 'json', 'yaml', 'tap'] as const;
const degraded = 3;

/** `rmsx verify` */
export const verifyCommand: Command = {
  name: 'verify',
  positionals: '',
  maxPositionals: 0,
  describe: 'write on the master, read on every node, compare the data; exits 3 when anything is off',
  options: {
    keys: { type: 'string', describe: 'how many keys are written, and removed again', otherwise: '100' },
    format: { type: 'string', describe: 'table, json, yaml or tap', values: formats, otherwise: 'table' },
  },
  examples: [
    ['rmsx verify', 'what is wrong, and how long writes take to arrive'],
    ['rmsx verify --format tap', 'a line for each check, for programs that read TAP'],
  ],
  run: async (args, context) => {
    const keys = args.integer('keys');
    if (keys !== undefined && (keys < 1 || keys > verifyLimits.keys)) {
      args.report([`${args.nameOf('keys')}: ${keys} is not between 1 and ${verifyLimits.keys}`]);
    }
    const format = args.switch('json') ? 'json' : (args.choice('format', formats) ?? 'table');
    args.throwIfWrong('rmsx verify --help');
    // A replica that never catches up must leave time for all that follows.
    const waitMs = Math.min(verifyLimits.waitMs, Math.floor((args.durationMs('timeout') ?? defaults.timeoutMs) / 4));
    const result = await verify(
      context.name,
      { ...(keys === undefined ? {} : { keys }), waitMs },
      await context.ports(),
    );
    const { stdout } = context.streams;
    if (format === 'json' || format === 'yaml') stdout.write(await formatDocument(result, format));
    else if (format === 'tap') stdout.write(renderTap(result));
    else stdout.write(renderVerification(result, await paintFor(context.colour)));
    return result.ok ? 0 : degraded;
  },
};
