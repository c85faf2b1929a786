import { flagOf } from '../config/flag-of.ts';
import { isolate } from '../config/isolated.ts';
import { readDirective } from '../config/read-directive.ts';
import type { RmsxFile } from '../config/rmsx-file/rmsx-file.ts';
import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import type { Directives, Persistence } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { mergeDirectives } from '../domain/merge-directives.ts';
import { toPrintable } from '../domain/printable.ts';
import type { Locate } from '../domain/problem.ts';
import { readPassword } from '../files/password-file.ts';
import type { Arguments } from './arguments.ts';
import type { OptionSpecs } from './command.ts';
import type { Context } from './context.ts';

/** The flags that describe a cluster; `up` and `render` take them. */
export const upRequestOptions: OptionSpecs = {
  replicas: { type: 'string', describe: 'how many replicas', otherwise: '2' },
  topology: {
    type: 'string',
    describe: 'star, chain, tree or custom',
    otherwise: 'star',
    values: ['star', 'chain', 'tree', 'custom'],
  },
  fanout: { type: 'string', describe: 'how many nodes follow one node of a tree', otherwise: '2' },
  image: { type: 'string', describe: 'Redis or Valkey, 6.0 or later', otherwise: 'redis:8.0' },
  subnet: { type: 'string', describe: 'of the network, CIDR or auto', values: ['auto'], otherwise: '172.19.0.0/24' },
  'base-port': { type: 'string', describe: 'port of the first node, or auto', values: ['auto'], otherwise: '6379' },
  bind: { type: 'string', describe: 'address of the host on which ports are published', otherwise: '127.0.0.1' },
  tz: { type: 'string', describe: 'time zone of the servers', otherwise: "up: the caller's, render: UTC" },
  set: { type: 'pairs', describe: 'a directive of redis.conf for all nodes: --set maxclients=5000; may be repeated' },
  ephemeral: { type: 'boolean', describe: 'keep no data: no volumes, no restart' },
  'allow-command': {
    type: 'list',
    describe: 'give back KEYS, FLUSHALL or FLUSHDB',
    values: ['KEYS', 'FLUSHALL', 'FLUSHDB'],
  },
  password: { type: 'string', describe: '', environmentOnly: true },
  'password-file': {
    type: 'string',
    describe: 'read the password from FILE, - for stdin',
    values: [':files'],
    otherwise: 'generated',
  },
};

/**
 * What is asked for: the flags, then the environment, then rmsx.yaml. Everything that is wrong is reported to the
 * arguments, each problem with its flag or with file and line.
 */
export async function readUpRequest(args: Arguments, context: Context): Promise<UpRequest> {
  const file = await context.file();
  if (file && args.text('file') === undefined) context.tell('using ./rmsx.yaml');
  const basePort = args.text('base-port');
  const flags: UpRequest = {
    name: context.name,
    replicas: args.integer('replicas'),
    topology: args.choice('topology', ['star', 'chain', 'tree', 'custom']),
    fanout: args.integer('fanout'),
    image: args.text('image'),
    subnet: args.text('subnet'),
    basePort: basePort === 'auto' ? basePort : args.integer('base-port'),
    bind: args.text('bind'),
    timezone: args.text('tz'),
    persistence: persistenceFrom(args),
    allowCommands: args.list('allow-command'),
    pull: args.choice('pull', ['missing', 'never', 'always']),
  };
  const own = args.switch('isolated') ? isolate(flags, isNamed(args)) : flags;
  const directives = directivesFrom(args);
  const isFlag = (path: string): boolean => {
    const [, directive] = /^redis\.(.+)$/.exec(path) ?? [];
    return directive === undefined
      ? Object.entries(given(own)).some(([field]) => field === fieldOf(path))
      : Object.hasOwn(directives ?? {}, directive);
  };
  const locate: Locate = (path) =>
    path === 'passwordFile'
      ? passwordPlace(args, context, file)
      : ((isFlag(path) ? undefined : file?.locate(path)) ?? flagOf(path));
  const request: UpRequest = {
    ...file?.request,
    ...given(own),
    name: own.name,
    directives: mergeDirectives(file?.request.directives, directives),
    password: await passwordFrom(args, context, file),
    locate,
  };
  const problems = [...(file?.problems ?? []), ...checkUpRequest(request)];
  args.report(problems.filter((problem) => !isAboutName(problem, locate)));
  return request;
}

/**
 * Whether an isolated cluster has a name that the user gave it. In a command of `rmsx run`, RMSX_NAME is that of the cluster
 * around it: a flag beats the environment, and --isolated asks for a name of its own (docs/decisions/031).
 */
const isNamed = (args: Arguments): boolean =>
  args.isTyped('name') || (args.text('name') !== undefined && args.nameOf('isolated') !== '--isolated');

/** The context has told it. */
const isAboutName = (problem: string, locate: Locate): boolean => problem.startsWith(`${locate('name')}: `);

/** What is left out must not hide what the file says. */
const given = (request: UpRequest): Partial<UpRequest> =>
  Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));

/** The field of a request that a path of rmsx.yaml ends up in. */
const fieldOf = (path: string): string =>
  ({ 'network.subnet': 'subnet', 'ports.base': 'basePort', 'ports.bind': 'bind' })[path] ?? path;

function persistenceFrom(args: Arguments): Persistence | undefined {
  const ephemeral = args.switch('ephemeral');
  if (ephemeral === undefined) return undefined;
  return ephemeral ? 'none' : 'aof';
}

/** `--set directive=value`; several with the same directive are several lines of it. */
function directivesFrom(args: Arguments): Directives | undefined {
  const pairs = args.list('set');
  if (!pairs) return undefined;
  const texts = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0) args.report([`--set: "${toPrintable(pair)}" is not directive=value, such as maxclients=5000`]);
    else texts.set(pair.slice(0, at), [...(texts.get(pair.slice(0, at)) ?? []), pair.slice(at + 1)]);
  }
  const directives: Record<string, readonly string[]> = {};
  for (const [name, values] of texts) {
    const read = readDirective(name, values);
    if (typeof read === 'string') args.report([`--set ${name}: ${read}`]);
    else if (Object.hasOwn(directives, read.name))
      args.report([`--set ${name}: the same directive as another one that is set`]);
    else directives[read.name] = read.lines;
  }
  return directives;
}

/** What says the password, or where it is. */
function passwordPlace(args: Arguments, context: Context, file: RmsxFile | undefined): string {
  if (args.text('password-file') !== undefined) return args.nameOf('password-file');
  if (context.env.RMSX_PASSWORD !== undefined) return 'RMSX_PASSWORD';
  return file?.locate('passwordFile') ?? '--password-file';
}

/** A file that cannot be read is one of the problems of a command line. */
async function passwordFrom(
  args: Arguments,
  context: Context,
  file: RmsxFile | undefined,
): Promise<string | undefined> {
  const flag = args.text('password-file');
  const path = flag ?? (context.env.RMSX_PASSWORD === undefined ? file?.passwordFile : undefined);
  if (path === undefined) return context.env.RMSX_PASSWORD;
  if (flag === '-' && args.text('file') === '-') {
    args.report(['--password-file -: standard input holds the description of the cluster already (--file -)']);
    return undefined;
  }
  try {
    return await context.reading((signal) => readPassword(path, passwordPlace(args, context, file), signal));
  } catch (error) {
    if (!(error instanceof RmsxError) || error.code !== 'bad-usage') throw error;
    args.report([error.message]);
    return undefined;
  }
}
