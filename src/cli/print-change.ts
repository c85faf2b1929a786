import { rmsxCommand } from '../domain/hints.ts';
import type { ChangeOptions, ChangeResult } from '../operations/change-topology.ts';
import type { Arguments } from './arguments.ts';
import type { OptionSpecs } from './command.ts';
import type { Context } from './context.ts';
import { planDocument, planText } from './plan-document.ts';

/** The flag of the verbs that may remove a node. */
export const volumesOption: OptionSpecs = {
  volumes: { type: 'boolean', describe: 'remove the data of a node that goes, too' },
};

/** @returns how a change is to be done, from the flags */
export const changeOptionsOf = (args: Arguments): ChangeOptions => ({
  volumes: args.switch('volumes') ?? false,
  dryRun: args.switch('dry-run') ?? false,
});

/** Prints what a change of the topology did, or would do. */
export async function printChange(result: ChangeResult, context: Context): Promise<void> {
  const { status, changed, added, removed, keptVolumes, resync } = result;
  const plan = planDocument(result.plan);
  if (!status) return context.print({ dryRun: true, plan }, () => planText(result.plan));
  await context.print({ ...status, changed, added, removed, resync, plan }, () => '');
  if (!changed) return context.tell('it is like that already: nothing changed');
  tellMoves(resync, context);
  if (added.length > 0) context.tell(`added: ${added.join(', ')}`);
  if (removed.length > 0) context.tell(`removed: ${removed.join(', ')}`);
  tellKept(keptVolumes.length, `docker volume rm ${keptVolumes.join(' ')}`, context);
  context.tell(`next: ${rmsxCommand(context.name, 'status')}`);
}

/**
 * Tells that data is kept, where any is.
 * @param command - removes it too
 */
export function tellKept(volumes: number, command: string, context: Context): void {
  if (volumes > 0) context.tell(`the data is kept (volumes: ${volumes}); to remove it too: ${command}`);
}

/** Tells how each node that got another source came to it. */
export function tellMoves(resync: ChangeResult['resync'], context: Context): void {
  for (const [node, kind] of Object.entries(resync))
    context.tell(`${node} has its new source (${kind} resynchronisation)`);
}
