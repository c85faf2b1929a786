import { exitCodes } from '../../domain/errors.ts';
import { type RepairResult, repair } from '../../operations/repair.ts';
import { describeRepair, formatRepair, nodesOfRepair } from '../../plan/repair.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { healthExitCode } from '../print-status.ts';

/** `rmsx repair` */
export const repairCommand: Command = {
  name: 'repair',
  positionals: '',
  maxPositionals: 0,
  describe: 'finish a change that was cut off, or bring the nodes back to the recorded topology',
  options: dryRunOption,
  examples: [
    ['rmsx repair --dry-run', 'what differs from the record, and what would be done'],
    ['rmsx repair', 'does it; a node that would lose writes stays as it is, and is named'],
  ],
  run: async (args, context) => {
    const dryRun = args.switch('dry-run') ?? false;
    args.throwIfWrong('rmsx repair --help');
    const result = await repair(context.name, { dryRun }, await context.ports());
    await report(result, dryRun, context);
    return dryRun ? 0 : exitCodeOf(result);
  },
};

/** @returns 0 only where the cluster is what its record says */
function exitCodeOf({ left, status }: RepairResult): number {
  return left.length > 0 ? exitCodes.incomplete : healthExitCode(status);
}

async function report({ plan, left, changed, status }: RepairResult, dryRun: boolean, context: Context): Promise<void> {
  const steps = plan.map((step) => ({
    op: step.op,
    nodes: nodesOfRepair(step),
    text: describeRepair(step),
    because: step.because,
  }));
  const document = { ...status, plan: steps, changed, left, dryRun };
  await context.print(document, () => (dryRun ? `${plan.length > 0 ? formatRepair(plan) : 'nothing to do'}\n` : ''));
  if (dryRun) return;
  for (const { message, hint } of left) context.tell(hint === null ? message : `${message}\n${hint}`);
  if (plan.length === 0) context.tell(`${context.name} is as its record says: nothing to repair`);
  if (left.length > 0) return;
  if (status.cluster.health === 'healthy') context.tell(`${context.name} is healthy`);
  for (const { message, hint } of status.warnings) context.tell(hint === null ? message : `${message}\n${hint}`);
}
