import { canonicalNodeName } from '../../domain/names.ts';
import { type SwitchoverResult, switchover } from '../../operations/switchover.ts';
import { formatSwitchoverPlan } from '../../plan/switchover.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { exitCodeOf, resyncsInWords, tellIncomplete, tellUnchanged } from '../tell-new-master.ts';

/** `rmsx switchover` */
export const switchoverCommand: Command = {
  name: 'switchover',
  positionals: 'NODE',
  maxPositionals: 1,
  positionalValues: [[':node']],
  describe: 'the master is alive: it hands over to NODE without losing a write',
  options: dryRunOption,
  examples: [
    ['rmsx switchover slave-1', 'or everything stays as it was'],
    ['rmsx switchover slave-1 --dry-run', 'what would be done'],
  ],
  run: async (args, context) => {
    const [node] = args.positionals;
    if (node === undefined) args.report(['NODE: name the node that is to be the master, such as slave-1']);
    const dryRun = args.switch('dry-run') ?? false;
    args.throwIfWrong('rmsx switchover --help');
    const target = canonicalNodeName(node ?? '');
    const result = await switchover(context.name, target, { dryRun }, await context.ports());
    await report(result, dryRun, context);
    return exitCodeOf(result);
  },
};

async function report(result: SwitchoverResult, dryRun: boolean, context: Context): Promise<void> {
  const { plan, status, ...facts } = result;
  await context.print({ ...status, ...facts, epoch: status.cluster.epoch, dryRun }, () =>
    dryRun ? `${plan ? formatSwitchoverPlan(plan) : 'nothing to do'}\n` : '',
  );
  if (dryRun) return;
  if (!plan) return tellUnchanged(facts, context);
  const resyncs = resyncsInWords(facts);
  context.tell(
    `${facts.promoted} took over in ${facts.durationMs} ms; writes waited for ${facts.stallMs} ms, and none is lost (${resyncs})`,
  );
  tellIncomplete(facts, context);
}
