import { clusterNameProblem } from '../config/cluster-name.ts';
import { defaults } from '../config/defaults.ts';
import type { RmsxFile } from '../config/rmsx-file/rmsx-file.ts';
import type { ConnectOptions } from '../connect.ts';
import { defaultClusterName } from '../domain/names.ts';
import type { Ports } from '../domain/ports.ts';
import type { Arguments } from './arguments.ts';
import type { Command } from './command.ts';
import { type Deadline, inTime, startDeadline } from './deadline.ts';
import { openDescription, type Reading } from './description.ts';
import { type Format, formatDocument, type Streams } from './output.ts';

/** What a command works with: the composition root. */
export interface Context {
  readonly name: string;
  /** Whether a flag, the environment or rmsx.yaml says the name; otherwise it is the default. */
  readonly isNameGiven: boolean;
  readonly format: Format;
  readonly colour: boolean;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
  /** What rmsx.yaml says; undefined where there is none. */
  file(): Promise<RmsxFile | undefined>;
  /** Waits for a file that may be a pipe. */
  readonly reading: Reading;
  /**
   * Engine, Redis and progress: made when a command is sure that its command line is right.
   * @param cluster - which one is worked on, null for all of them. @default the one that is named
   * @param mostMs - how long it may take, null where only a signal ends it. @default timeoutMs
   * @param isDeaf - whether the command heeds signals by itself. @default false
   */
  ports(cluster?: string | null, mostMs?: number | null, isDeaf?: boolean): Promise<Ports>;
  /** What --timeout says, or its default. */
  readonly timeoutMs: number;
  /** What --timeout says; null where it is not given. */
  readonly givenTimeoutMs: number | null;
  /** Prints the asked-for data: the document, or the text where the format is `table`. */
  print(document: object, text: () => string | Promise<string>): Promise<void>;
  /** Prints for people, on stderr, unless --quiet. */
  tell(text: string): void;
  /** Ends timers, signal handlers and connections. */
  end(): void;
}

/**
 * Reads the common flags; what is wrong with them is reported to the arguments.
 * @param command - one with a --format of its own reads it by itself
 * @param isMachine - whether stdout has to be a document, for errors too
 */
export async function createContext(
  args: Arguments,
  streams: Streams,
  env: NodeJS.ProcessEnv,
  command: Command,
  isMachine: boolean,
): Promise<Context> {
  const givenMs = args.durationMs('timeout');
  const timeoutMs = givenMs ?? defaults.timeoutMs;
  const reading: Reading = (work) => inTime(timeoutMs, { cluster: null, isMachine }, work);
  const description = command.ignoresFile ? undefined : await openDescription(args.text('file'), reading);
  if (command.ignoresFile && args.isTyped('file')) args.report([`--file: ${command.name} reads no rmsx.yaml`]);
  const given = args.text('name');
  const named = given ?? description?.name;
  const name = named ?? defaultClusterName;
  for (const message of clusterNameProblem(name)) {
    const place = given === undefined ? (await description?.parse())?.locate('name') : undefined;
    args.report([`${place ?? '--name'}: ${message}`]);
  }
  const asked = formatAskedFor(args, command); // read in any case: what is wrong with it is told
  const format = args.switch('json') ? 'json' : asked;
  const engine = engineChoice(args);
  const quiet = args.switch('quiet') ?? false;
  const verbose = args.switch('verbose') ?? false;
  const colour =
    (args.switch('color') ?? true) && !env.NO_COLOR && env.TERM !== 'dumb' && streams.stdout.isTTY === true;
  let deadline: Deadline | undefined;
  let ports: Ports | undefined;
  const end = (): void => {
    deadline?.end();
    ports?.engine.close();
  };
  const connectFor = async (cluster: string | null, mostMs: number | null, isDeaf: boolean): Promise<Ports> => {
    end(); // a part of the command that comes after another has a time of its own
    deadline = startDeadline(mostMs, { cluster, isMachine, isDeaf, waitedFor: () => ports?.engine });
    const [{ connect }, { createProgress }] = await Promise.all([import('../connect.ts'), import('./progress.ts')]);
    const progress = await createProgress(streams, { quiet, verbose, colour });
    ports = await connect({ env, progress, signal: deadline.signal, ...engine });
    return ports;
  };
  return {
    name,
    isNameGiven: named !== undefined,
    format,
    colour,
    quiet,
    yes: args.switch('yes') ?? false,
    streams,
    env,
    file: async () => description?.parse(),
    reading,
    ports: (cluster = name, mostMs = timeoutMs, isDeaf = false) => connectFor(cluster, mostMs, isDeaf),
    timeoutMs,
    givenTimeoutMs: givenMs ?? null,
    print: async (document, text) => {
      streams.stdout.write(format === 'table' ? await text() : await formatDocument(document, format));
    },
    tell: (text) => {
      if (!quiet) streams.stderr.write(`${text}\n`);
    },
    end,
  };
}

function formatAskedFor(args: Arguments, { options, extraFormats }: Command): Format {
  const formats = ['table', 'json', 'yaml'] as const;
  if ('format' in options && !extraFormats) return 'table'; // it reads the flag by itself
  const asked = args.choice('format', [...formats, ...(extraFormats ?? [])]);
  return formats.find((each) => each === asked) ?? 'table';
}

/** The flags that name the engine. Each of them is an explicit choice, so two are one too many. */
function engineChoice(args: Arguments): ConnectOptions {
  const [dockerHost, dockerContext] = [args.text('docker-host'), args.text('docker-context')];
  const [host, context] = [args.nameOf('docker-host'), args.nameOf('docker-context')];
  if (dockerHost && dockerContext) args.report([`${host} and ${context} both name an engine: give one of them`]);
  const chosenBy = dockerHost ? host : dockerContext && context;
  return { dockerHost, dockerContext, chosenBy, insecureEngine: args.switch('insecure-engine') };
}
