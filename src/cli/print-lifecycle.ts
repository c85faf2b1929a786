import { rmsxCommand } from '../domain/hints.ts';
import type { LifecycleResult } from '../operations/lifecycle.ts';
import type { Context } from './context.ts';
import { planDocument, planText } from './plan-document.ts';
import { tellWarnings } from './tell-warnings.ts';

/**
 * Prints what `start`, `stop` or `restart` did, or would do.
 * @param isWarned - whether the warnings have been told before it was done
 */
export async function printLifecycle(
  result: LifecycleResult,
  dryRun: boolean,
  context: Context,
  isWarned = false,
): Promise<void> {
  const { cluster, changed, nodes, warnings } = result;
  const plan = planDocument(result.plan);
  await context.print({ dryRun, cluster, changed, plan, nodes, warnings }, () => (dryRun ? planText(result.plan) : ''));
  tellWarnings(isWarned ? [] : warnings, context);
  if (dryRun) return;
  if (!changed) context.tell('it is like that already: nothing changed');
  context.tell(`next: ${rmsxCommand(cluster, 'status')}`);
}
