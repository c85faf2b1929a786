import { callersTimezone } from '../../config/timezone.ts';
import type { UpRequest } from '../../config/up-request.ts';
import { rmsxCommand } from '../../domain/hints.ts';
import { connectionIn, variablesOf } from '../../operations/env.ts';
import { up } from '../../operations/up.ts';
import type { UpOptions, UpResult } from '../../operations/up-run.ts';
import { type EnvFormat, renderEnv } from '../../render/env-text.ts';
import type { Arguments } from '../arguments.ts';
import type { Command, OptionSpecs } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { planDocument, planText } from '../plan-document.ts';
import { tellMoves } from '../print-change.ts';
import { readUpRequest, upRequestOptions } from '../request.ts';
import { tellWarnings } from '../tell-warnings.ts';

/** The flags of `up`, which `run` has as well. */
export const upOptions: OptionSpecs = {
  ...upRequestOptions,
  isolated: { type: 'boolean', describe: 'for tests: unique name, free subnet, free ports, ephemeral' },
  pull: {
    type: 'string',
    describe: 'fetch the image: missing, never or always',
    values: ['missing', 'never', 'always'],
    otherwise: 'missing',
  },
  wait: { type: 'boolean', describe: 'wait until usable; --no-wait does not' },
  retain: { type: 'boolean', describe: 'leave everything as it is after a failure' },
  ...dryRunOption,
};

const envFormats: readonly EnvFormat[] = ['shell', 'dotenv', 'github'];

/** `rmsx up` */
export const upCommand: Command = {
  name: 'up',
  positionals: '',
  maxPositionals: 0,
  describe: 'make the cluster, or finish it, and wait until replication is usable',
  options: {
    ...upOptions,
    format: {
      type: 'string',
      describe: 'table, json or yaml; as for env: shell, dotenv or github',
      otherwise: 'table',
      values: ['table', 'json', 'yaml', ...envFormats],
    },
  },
  extraFormats: envFormats,
  examples: [
    ['rmsx up --replicas 2', 'one master, two replicas'],
    [
      'rmsx up --topology tree --replicas 6',
      'slave-1 and slave-2 follow the master, slave-3 and slave-4 follow slave-1, …',
    ],
    ['rmsx up -f rmsx.yaml', 'a cluster described in a file; rmsx init writes one'],
    ['rmsx up -n demo --subnet auto --base-port auto', 'one more cluster, beside others'],
    ['rmsx up --isolated --json', 'a throw-away cluster for a test'],
    [
      'rmsx up --isolated --format github >> "$GITHUB_ENV"',
      'for the next steps of a job; rmsx down finds it by RMSX_NAME',
    ],
  ],
  run: async (args, context) => {
    const request = await readUpRequest(args, context);
    const options = readUpOptions(args, context);
    const asked = context.format === 'table' ? args.text('format') : undefined;
    const envFormat = envFormats.find((each) => each === asked);
    if (envFormat && options.dryRun) args.report([`--format ${envFormat}: --dry-run makes nothing to connect to`]);
    args.throwIfWrong('rmsx up --help');
    const ports = await context.ports(request.name);
    const result = await up(request, options, ports);
    for (const remark of result.remarks) ports.progress.warn(remark);
    if (envFormat && result.status) {
      const connection = connectionIn(result.status, result.password ?? '');
      context.streams.stdout.write(renderEnv(variablesOf(connection), envFormat));
    }
    await report(result, request, context);
    return 0;
  },
};

/** @returns how `up` works, besides what it makes */
export const readUpOptions = (args: Arguments, { env }: Context): UpOptions => ({
  wait: args.switch('wait') ?? true,
  retain: args.switch('retain') ?? false,
  dryRun: args.switch('dry-run') ?? false,
  timezone: callersTimezone(env.TZ),
});

async function report(result: UpResult, request: UpRequest, context: Context): Promise<void> {
  const plan = planDocument(result.plan);
  if (!result.status) return context.print({ dryRun: true, plan }, () => planText(result.plan));
  await context.print({ ...result.status, changed: result.changed, resync: result.resync, plan }, () => '');
  const { cluster, nodes, warnings } = result.status;
  const master = nodes.find((node) => node.name === cluster.master);
  tellMoves(result.resync, context);
  if (!result.changed) context.tell(`${cluster.name} is up already: nothing changed`);
  tellWarnings(warnings, context);
  if (master) context.tell(`${cluster.master} is the master: ${master.host}:${master.hostPort}`);
  const command = (rest: string): string => rmsxCommand(request.name, rest);
  context.tell(`next: ${command('status')}   ${command('url')}   ${command('down')}`);
}
