import { RmsxError } from '../../domain/errors.ts';
import { rmsxCommand } from '../../domain/hints.ts';
import { type DownResult, down } from '../../operations/down.ts';
import type { Command } from '../command.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { planText } from '../plan-document.ts';
import { tellKept } from '../print-change.ts';

/** `rmsx down` */
export const downCommand: Command = {
  name: 'down',
  positionals: '',
  maxPositionals: 0,
  describe: 'remove what rmsx made for the cluster; the data stays without --volumes',
  options: {
    volumes: { type: 'boolean', describe: 'remove the data too' },
    all: { type: 'boolean', describe: 'every cluster on this engine' },
    ...dryRunOption,
  },
  examples: [
    ['rmsx down', 'rmsx up brings it back with its data and roles'],
    ['rmsx down --volumes -y', 'nothing is left'],
  ],
  run: async (args, context) => {
    const volumes = args.switch('volumes') ?? false;
    const all = args.switch('all') ?? false;
    const dryRun = args.switch('dry-run') ?? false;
    args.throwIfWrong('rmsx down --help');
    const what = all ? 'all clusters on this engine' : context.name;
    if ((volumes || all) && !dryRun && !(await confirm(`Remove ${what}${volumes ? ' with all data' : ''}?`, context))) {
      throw new RmsxError('failed', 'Nothing was removed.', { hint: 'Answer with y, or give --yes.' });
    }
    const ports = await context.ports(all ? null : context.name);
    const result = await down(all ? 'all' : [context.name], { volumes, dryRun }, ports);
    await report(result, dryRun, context);
    return 0;
  },
};

async function report(result: DownResult, dryRun: boolean, context: Context): Promise<void> {
  const { plan, clusters, keptVolumes, changed } = result;
  const removed = plan.map(({ step }) => ({
    op: step.op,
    name: 'node' in step ? step.node : 'name' in step ? step.name : null,
  }));
  const document = { dryRun, clusters, changed, plan: removed, keptVolumes };
  await context.print(document, () => (dryRun ? planText(plan) : ''));
  if (dryRun) return;
  if (!changed) context.tell('nothing to remove');
  tellKept(keptVolumes, rmsxCommand(context.name, 'down --volumes'), context);
}
