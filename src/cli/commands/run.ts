import { RmsxError } from '../../domain/errors.ts';
import { rmsxCommand } from '../../domain/hints.ts';
import { requireProgram } from '../../files/find-program.ts';
import { connectionIn, variablesOf } from '../../operations/env.ts';
import { type Hold, hold, letGo } from '../../operations/hold.ts';
import { ChildKeeper } from '../child.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { formatError } from '../output.ts';
import { planText } from '../plan-document.ts';
import { readUpRequest } from '../request.ts';
import { readUpOptions, upOptions } from './up.ts';

/** `rmsx run` */
export const runCommand: Command = {
  name: 'run',
  positionals: '-- COMMAND…',
  maxPositionals: Number.POSITIVE_INFINITY,
  describe:
    'up, COMMAND with the variables of env, down; exits with the code of COMMAND. What was there before stays: only what run has made is taken away, after a signal too',
  options: {
    ...upOptions,
    retain: { type: 'boolean', describe: 'leave everything as it is after a failure, of COMMAND too' },
  },
  examples: [
    ['rmsx run --isolated -- npm test', 'a throw-away cluster for a test suite'],
    ["rmsx run --isolated -- sh -c 'redis-cli -u $REDIS_URL PING'", 'a line of shell'],
    ['rmsx run -n demo -- ./job', 'the cluster demo: it stays up where it was up before'],
  ],
  run: async (args, context, passedOn) => {
    const [program = '', ...rest] = passedOn;
    const stray = args.positionals.join(' ');
    if (stray !== '') args.report([`run: -- stands before the command: rmsx run -- ${stray}`]);
    else if (program === '') args.report(['run: name a command: rmsx run --isolated -- npm test']);
    if (context.format !== 'table') {
      args.report([`${args.nameOf(args.switch('json') ? 'json' : 'format')}: stdout belongs to the command`]);
    }
    const request = await readUpRequest(args, context);
    const options = readUpOptions(args, context);
    args.throwIfWrong('rmsx run --help');
    requireProgram(program, context.env.PATH ?? '');
    const ports = await context.ports(request.name);
    // What is to be retained is nothing that gc may take as soon as this process has ended.
    const held = await hold({ ...request, held: !options.retain }, options, ports);
    for (const remark of held.result.remarks) ports.progress.warn(remark);
    if (!options.dryRun) return runHeld(held, program, rest, options.retain, context);
    context.streams.stdout.write(planText(held.result.plan));
    return 0;
  },
};

async function runHeld(
  held: Hold,
  program: string,
  args: readonly string[],
  retain: boolean,
  context: Context,
): Promise<number> {
  const keeper = new ChildKeeper(cleaningUp(held), context.tell);
  context.end(); // signals are for the command from now on, and it has all the time that it needs
  let code = 1;
  try {
    const { status, password } = held.result;
    if (!status || password === null) throw new RmsxError('bug', 'A cluster that is up was not looked at.');
    const variables = variablesOf(connectionIn(status, password));
    code = await keeper.run(program, args, { ...context.env, ...variables });
  } finally {
    if (retain && code !== 0) tellRetained(held, context);
    else code = (await takeAway(held, context)) || code !== 0 ? code : 1;
    keeper.end();
  }
  return code;
}

const cleaningUp = ({ name, takes }: Hold): string =>
  takes === 'nothing'
    ? `See how it is: ${rmsxCommand(name, 'status')}`
    : `Remove what is left: ${rmsxCommand(name, takes === 'everything' ? 'down --volumes' : 'down')}`;

/** @returns whether it succeeded; the code of the command is worth more than an error here */
async function takeAway(held: Hold, context: Context): Promise<boolean> {
  if (held.takes === 'nothing') context.tell(`${held.name} was there before: it stays as it is`);
  try {
    await letGo(held, await context.ports(held.name, context.timeoutMs, true));
    return true;
  } catch (error) {
    if (!(error instanceof RmsxError)) throw error;
    context.streams.stderr.write(formatError(error));
    context.tell(cleaningUp(held));
    return false;
  }
}

function tellRetained({ name }: Hold, context: Context): void {
  context.tell(`everything is left as it is; look at it: ${rmsxCommand(name, 'status')}`);
  context.tell(`to remove it: ${rmsxCommand(name, 'down --volumes')}`);
}
