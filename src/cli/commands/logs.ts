import { parseSince } from '../../config/parse-since.ts';
import { counted } from '../../domain/names.ts';
import { exportLogs } from '../../operations/export-logs.ts';
import { followLogs } from '../../operations/follow-logs.ts';
import { type LogsOptions, type LogsResult, logs } from '../../operations/logs.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { commonOptions } from '../options.ts';
import { linePrinter } from '../print-lines.ts';
import { writeOut } from '../write-out.ts';

/** `rmsx logs` */
export const logsCommand: Command = {
  name: 'logs',
  positionals: '[NODE…]',
  maxPositionals: Number.POSITIVE_INFINITY,
  positionalValues: [[':node']],
  describe: 'the logs of the servers, of all nodes or of those that are named, in the order of time',
  options: {
    follow: { type: 'boolean', alias: 'f', describe: 'go on with what comes, until Ctrl-C' },
    since: { type: 'string', describe: 'only what is younger: 5m, 1h30m, or a time in ISO 8601' },
    tail: { type: 'string', describe: 'only that many of the last lines of each node' },
    timestamps: { type: 'boolean', describe: 'the time at which the engine got a line before each one' },
    export: { type: 'string', describe: 'write NODE.log for each node into this directory', values: [':directories'] },
    file: { ...without(commonOptions.file), describe: 'describes the cluster; -f before the verb' },
  },
  examples: [
    ['rmsx logs', 'all nodes'],
    ['rmsx logs slave-1 --since 5m', 'one node, the last five minutes'],
    ['rmsx logs -f --tail 10', 'the last ten lines of each node, and what comes'],
    ['rmsx logs --export logs', 'logs/master.log, logs/slave-1.log, …'],
  ],
  run: async (args, context) => {
    const { options, isEndless, directory, timestamps } = readFlags(args, context);
    args.throwIfWrong('rmsx logs --help');
    const ports = await context.ports(context.name, isEndless ? context.givenTimeoutMs : context.timeoutMs);
    const print = await linePrinter(context.colour, timestamps);
    if (isEndless) {
      await followLogs(context.name, options, ports, {
        print: (lines) => writeOut(context.streams.stdout, print(lines), ports.signal),
        missing: (nodes) => tellMissing(nodes, context),
      });
      return 0;
    }
    if (directory !== undefined) {
      const result = await exportLogs(context.name, { ...options, directory, timestamps }, ports);
      await context.print({ ...result, lines: null }, () => result.files.map(({ path }) => `${path}\n`).join(''));
      tellMissing(result.missing, context);
      context.tell(`written: ${counted(result.files.length, 'file')}, readable by you alone`);
      return 0;
    }
    const result = await logs(context.name, options, ports);
    await printLines(result, print, context);
    return 0;
  },
};

function without<T extends { readonly alias?: string }>(spec: T | undefined): Omit<T, 'alias'> & { type: 'string' } {
  const { alias: _, ...rest } = spec as T;
  return { ...rest, type: 'string' };
}

interface Flags {
  readonly options: LogsOptions;
  readonly isEndless: boolean;
  readonly directory: string | undefined;
  readonly timestamps: boolean;
}

function readFlags(args: Arguments, { format }: Context): Flags {
  const since = args.text('since');
  const tail = args.integer('tail');
  if (tail !== undefined && tail < 0) args.report([`${args.nameOf('tail')}: ${tail} lines cannot be shown`]);
  const isEndless = args.switch('follow') ?? false;
  const directory = args.text('export');
  if (isEndless && format !== 'table') {
    args.report([`${args.nameOf('follow')}: goes on for ever, and a document has an end; without it, or as a table`]);
  }
  if (isEndless && directory !== undefined) {
    args.report([`${args.nameOf('follow')}: goes on for ever, and ${args.nameOf('export')} writes what is there`]);
  }
  return {
    options: {
      nodes: args.positionals,
      since: since === undefined ? undefined : args.take(parseSince(args.nameOf('since'), since)),
      tail,
    },
    isEndless,
    directory,
    timestamps: args.switch('timestamps') ?? false,
  };
}

async function printLines(
  result: LogsResult,
  print: Awaited<ReturnType<typeof linePrinter>>,
  context: Context,
): Promise<void> {
  await context.print({ ...result, directory: null, files: [] }, () => print(result.lines));
  tellMissing(result.missing, context);
}

function tellMissing(nodes: readonly string[], context: Context): void {
  for (const node of nodes) context.tell(`${node} has no container, and so no log`);
}
