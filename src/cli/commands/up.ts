import type { UpRequest } from '../../config/up-request.ts';
import { checkUpRequest } from '../../config/up-request.ts';
import { RmsxError } from '../../domain/errors.ts';
import { rmsxCommand } from '../../domain/hints.ts';
import { formatPlan } from '../../domain/plan.ts';
import { readPassword } from '../../files/password-file.ts';
import type { UpResult } from '../../operations/bring-up.ts';
import { up } from '../../operations/up.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { isolate } from '../isolated.ts';
import { dryRunOption } from '../options.ts';

/** `rmsx up` */
export const upCommand: Command = {
  name: 'up',
  positionals: '',
  maxPositionals: 0,
  describe: 'make the cluster, or finish it, and wait until replication is usable',
  options: {
    replicas: { type: 'string', describe: 'how many replicas', otherwise: '2' },
    image: { type: 'string', describe: 'Redis or Valkey, 6.0 or later', otherwise: 'redis:8.0' },
    subnet: { type: 'string', describe: 'of the network, CIDR or auto', otherwise: '172.19.0.0/24' },
    'base-port': { type: 'string', describe: 'port of the first node, or auto', otherwise: '6379' },
    bind: { type: 'string', describe: 'address of the host on which ports are published', otherwise: '127.0.0.1' },
    tz: { type: 'string', describe: 'time zone of the servers', otherwise: "the caller's" },
    ephemeral: { type: 'boolean', describe: 'keep no data: no volumes, no restart' },
    isolated: { type: 'boolean', describe: 'for tests: unique name, free subnet, free ports, ephemeral' },
    'allow-command': { type: 'list', describe: 'give back KEYS, FLUSHALL or FLUSHDB' },
    password: { type: 'string', describe: '', environmentOnly: true },
    'password-file': { type: 'string', describe: 'read the password from FILE, - for stdin', otherwise: 'generated' },
    pull: { type: 'string', describe: 'fetch the image: missing, never or always', otherwise: 'missing' },
    wait: { type: 'boolean', describe: 'wait until usable; --no-wait does not' },
    retain: { type: 'boolean', describe: 'leave everything as it is after a failure' },
    ...dryRunOption,
  },
  examples: [
    ['rmsx up --replicas 2', 'one master, two replicas'],
    ['rmsx up -n demo --subnet auto --base-port auto', 'one more cluster, beside others'],
    ['rmsx up --isolated --json', 'a throw-away cluster for a test'],
  ],
  run: async (args, context) => {
    const request = await readRequest(args, context);
    const options = {
      wait: args.switch('wait') ?? true,
      retain: args.switch('retain') ?? false,
      dryRun: args.switch('dry-run') ?? false,
      timezone: callersTimezone(context.env),
    };
    args.report(checkUpRequest(request).filter((problem) => !problem.startsWith('--name')));
    args.throwIfWrong('rmsx up --help');
    const ports = await context.ports();
    const result = await up(request, options, ports);
    for (const remark of result.remarks) ports.progress.warn(remark);
    await report(result, request, context);
    return 0;
  },
};

async function readRequest(args: Arguments, context: Context): Promise<UpRequest> {
  const basePort = args.text('base-port');
  const file = args.text('password-file');
  const request: UpRequest = {
    name: context.name,
    replicas: args.integer('replicas'),
    image: args.text('image'),
    subnet: args.text('subnet'),
    basePort: basePort === 'auto' ? basePort : args.integer('base-port'),
    bind: args.text('bind'),
    timezone: args.text('tz'),
    ephemeral: args.switch('ephemeral'),
    allowCommands: args.list('allow-command'),
    password: file === undefined ? context.env.RMSX_PASSWORD : await passwordFrom(file, args),
    pull: args.choice('pull', ['missing', 'never', 'always']),
  };
  return args.switch('isolated') ? isolate(request, args.text('name') !== undefined) : request;
}

/** A file that cannot be read is one of the problems of a command line. */
async function passwordFrom(file: string, args: Arguments): Promise<string | undefined> {
  try {
    return await readPassword(file);
  } catch (error) {
    if (!(error instanceof RmsxError)) throw error;
    args.report([error.message]);
    return undefined;
  }
}

const callersTimezone = (env: NodeJS.ProcessEnv): string =>
  env.TZ?.replace(/^:/, '') || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

async function report(result: UpResult, request: UpRequest, context: Context): Promise<void> {
  const plan = result.plan.map(({ step, because }) => ({
    op: step.op,
    node: 'node' in step ? step.node : null,
    because,
  }));
  if (!result.status) {
    const nothing = 'nothing to do\n';
    await context.print({ dryRun: true, plan }, () =>
      result.plan.length > 0 ? `${formatPlan(result.plan)}\n` : nothing,
    );
    return;
  }
  await context.print({ ...result.status, changed: result.changed, plan }, () => '');
  const { cluster, nodes } = result.status;
  const master = nodes.find((node) => node.name === cluster.master);
  if (!result.changed) context.tell(`${cluster.name} is up already: nothing changed`);
  if (master) context.tell(`${cluster.master} is the master: ${master.host}:${master.hostPort}`);
  const command = (rest: string): string => rmsxCommand(request.name, rest);
  context.tell(`next: ${command('status')}   ${command('url')}   ${command('down')}`);
}
