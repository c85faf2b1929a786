import { nearest } from '../config/nearest.ts';
import { RmsxError, toRmsxError } from '../domain/errors.ts';
import { packageVersion } from '../files/package-version.ts';
import type { Command } from './command.ts';
import { commands } from './commands/index.ts';
import { readerPatienceMs } from './end-at-once.ts';
import { endWithTerminal } from './end-with-terminal.ts';
import { machineFormat } from './machine-format.ts';
import { commonOptions, flagsWithValue } from './options.ts';
import { errorDocument, formatDocument, formatError, type Streams } from './output.ts';

/**
 * One run of rmsx. The only place where errors are caught for good and become text and an exit code.
 * @param argv - without node and script
 * @returns the exit code
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv, streams: Streams): Promise<number> {
  endWithTerminal();
  quietOnClosedPipe(streams);
  keepSecretsFromDebug(env);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === 'version')) {
    streams.stdout.write(`${packageVersion()}\n`); // before anything else is loaded: scripts ask often
    return 0;
  }
  if (argv[0] === '__complete') {
    const { complete } = await import('./completion/complete.ts');
    return complete(argv.slice(argv[1] === '--' ? 2 : 1), env, streams.stdout);
  }
  const { own, passedOn } = cutCommandLine(argv);
  const code = await run(own, passedOn, env, streams);
  if (cutOffCodes.includes(code)) leaveSoon(code);
  return code;
}

/** Out of time, interrupted, terminated: a reader who takes nothing keeps nobody from ending. */
const cutOffCodes: readonly number[] = [124, 130, 143];

/** What is still to be written goes out where somebody reads it: then the process ends before that by itself. */
function leaveSoon(code: number): void {
  setTimeout(() => process.exit(code), readerPatienceMs).unref();
}

async function run(
  own: readonly string[],
  passedOn: readonly string[],
  env: NodeJS.ProcessEnv,
  streams: Streams,
): Promise<number> {
  try {
    return await dispatch(own, passedOn, env, streams);
  } catch (error) {
    const known = toRmsxError(error);
    const format = machineFormat(own, env);
    if (format) streams.stdout.write(await formatDocument(errorDocument(known), format));
    streams.stderr.write(formatError(known));
    if (known.code === 'bug' && known.cause instanceof Error) streams.stderr.write(`${stackFrames(known.cause)}\n`);
    return known.exitCode;
  }
}

async function dispatch(
  argv: readonly string[],
  passedOn: readonly string[],
  env: NodeJS.ProcessEnv,
  streams: Streams,
): Promise<number> {
  const at = verbIndex(argv);
  const verb = at < 0 ? undefined : argv[at];
  const wantsHelp = argv.some((arg) => arg === '--help' || arg === '-h');
  if (verb === undefined || verb === 'help') {
    return printOverview(wantsHelp || verb === 'help', at < 0 ? undefined : argv[at + 1], streams);
  }
  const found = commands.find(({ name }) => name === verb);
  if (!found) throw unknownVerb(verb);
  const command = await found.load();
  if (wantsHelp) return printHelp(command, streams);
  const [{ Arguments }, { createContext }, { unknownVariables }] = await Promise.all([
    import('./arguments.ts'),
    import('./context.ts'),
    import('./unknown-variables.ts'),
  ]);
  // Before the verb a flag is a common one, whatever the verb calls so.
  const rest = argv.flatMap((arg, index) => (index === at ? [] : index < at && arg === '-f' ? ['--file'] : [arg]));
  const args = new Arguments(rest, { ...commonOptions, ...command.options }, env);
  const context = await createContext(args, streams, env, command, machineFormat(argv, env) !== undefined);
  for (const sentence of unknownVariables(env)) context.tell(`warning: ${sentence}`);
  const surplus = args.positionals.slice(command.maxPositionals);
  args.report(surplus.map((text) => `${text}: ${command.name} does not take this argument`));
  try {
    return await command.run(args, context, passedOn);
  } finally {
    context.end();
  }
}

/** A part of the command lines of some verbs belongs to another program, `--help` and `--json` as well. */
function cutCommandLine(argv: readonly string[]): { own: readonly string[]; passedOn: readonly string[] } {
  const at = verbIndex(argv);
  const passesOn = commands.find(({ name }) => name === argv[at])?.passesOn;
  if (passesOn === '--') {
    const dashes = argv.indexOf('--', at);
    return dashes < 0 ? { own: argv, passedOn: [] } : { own: argv.slice(0, dashes), passedOn: argv.slice(dashes + 1) };
  }
  const argument = passesOn === 'argument' ? verbIndex(argv, at + 1) : -1;
  return argument < 0
    ? { own: argv, passedOn: [] }
    : { own: argv.slice(0, argument + 1), passedOn: argv.slice(argument + 1) };
}

/** The verb may stand behind common flags, whose values are not the verb: `rmsx -n demo status`. */
function verbIndex(argv: readonly string[], from = 0): number {
  // There is no --password, and what stands behind it must not be repeated as a verb that nobody knows.
  const flags = [...flagsWithValue(commonOptions), '--password'];
  return argv.findIndex((arg, index) => {
    const before = argv[index - 1] ?? '';
    if (/^\d/.test(arg) && (before === '-w' || before === '--watch')) return false; // they may stand without a value
    return index >= from && !arg.startsWith('-') && !flags.includes(before);
  });
}

async function printOverview(asked: boolean, verb: string | undefined, streams: Streams): Promise<number> {
  const found = commands.find(({ name }) => name === verb);
  if (verb !== undefined && verb !== 'help' && !found) throw unknownVerb(verb, 'help ');
  const { helpText } = await import('./help.ts');
  const text = await helpText(await found?.load());
  (asked ? streams.stdout : streams.stderr).write(text);
  if (asked) return 0;
  throw new RmsxError('bad-usage', 'Name a verb.', { hint: 'rmsx up --replicas 2' });
}

async function printHelp(command: Command, { stdout }: Streams): Promise<number> {
  const { helpText } = await import('./help.ts');
  stdout.write(await helpText(command));
  return 0;
}

function unknownVerb(verb: string, before = ''): RmsxError {
  const known = commands.map(({ name }) => name);
  const near = nearest(verb, known);
  return new RmsxError('bad-usage', `${verb} is not a verb of rmsx.`, {
    hint: near ? `Did you mean: rmsx ${before}${near}` : `Verbs: ${known.join(', ')}. See: rmsx --help`,
  });
}

/** Where it happened, without the message: that is printed already. */
const stackFrames = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');

/**
 * With DEBUG=* ioredis prints every command, AUTH and its password included, and docker-modem every answer: logs of
 * servers that quote their conf.
 */
function keepSecretsFromDebug(env: NodeJS.ProcessEnv): void {
  if (env.DEBUG) env.DEBUG = `${env.DEBUG},-ioredis:*,-modem`;
}

/**
 * `rmsx ls | head -1` closes the pipe: that is no error. What is told on stderr may be lost, on a full disk, and nothing
 * else: the work goes on, or is taken back. Data that is asked for and cannot be written is a failure.
 */
function quietOnClosedPipe({ stdout, stderr }: Streams): void {
  stderr.on('error', () => undefined);
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || (error.code === 'EIO' && stdout.isTTY)) return; // the terminal has been closed
    stderr.write(`rmsx: the output could not be written (${error.code ?? 'unknown'})\n`);
    process.exit(1);
  });
}
