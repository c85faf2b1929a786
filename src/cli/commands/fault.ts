import { parseChoice } from '../../config/parse-flags.ts';
import { rmsxCommand } from '../../domain/hints.ts';
import { fault, faultFor } from '../../operations/fault.ts';
import { heal } from '../../operations/heal.ts';
import type { FaultResult } from '../../operations/targets.ts';
import { type FaultKind, faultKinds } from '../../plan/fault.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { planDocument, planText } from '../plan-document.ts';
import { tellWarnings } from '../tell-warnings.ts';

const kinds: readonly (FaultKind | 'heal')[] = [...faultKinds, 'heal'];

/** `rmsx fault` */
export const faultCommand: Command = {
  name: 'fault',
  positionals: 'KIND TARGET…',
  maxPositionals: Number.POSITIVE_INFINITY,
  positionalValues: [kinds, ['master', 'replicas', 'all', ':node']],
  describe:
    'break nodes on purpose. KIND: kill is a crash, and nothing starts it again by itself; stop lets it end in peace; pause holds its process; partition takes it off the network, where it goes on running; heal brings all back, or TARGET. TARGET: a node, master (whoever that is now), replicas, all, or the name of a container',
  options: {
    for: { type: 'string', describe: 'bring back after this time, with a unit, what was broken', otherwise: 'never' },
    ...dryRunOption,
  },
  examples: [
    ['rmsx fault kill master', 'rmsx promote --best lets a replica take over'],
    ['rmsx fault partition slave-1 --for 5s', 'off the network for five seconds; after Ctrl-C it comes back as well'],
    ['rmsx fault pause replicas', 'they hang; rmsx fault heal wakes them'],
    ['rmsx fault heal', 'all is well again; a master that was replaced comes back as a replica'],
  ],
  run: async (args, context) => {
    const [word = '', ...targets] = args.positionals;
    const kind = args.take(parseChoice('KIND', word, kinds));
    const forMs = args.durationMs('for');
    const dryRun = args.switch('dry-run') ?? false;
    if (kind !== undefined && kind !== 'heal' && targets.length === 0) {
      args.report(['TARGET: name a node, master, replicas or all']);
    }
    if (kind === 'heal' && args.isTyped('for')) args.report(['--for: heal is for good']);
    args.throwIfWrong('rmsx fault --help');
    const { name, timeoutMs } = context;
    if (kind === undefined || kind === 'heal') {
      return report(await heal(name, targets, { dryRun }, await context.ports()), dryRun, context);
    }
    if (forMs === undefined || dryRun) {
      return report(await fault(name, kind, targets, { dryRun }, await context.ports()), dryRun, context);
    }
    const ports = await context.ports(name, timeoutMs + forMs);
    return report(await faultFor(name, kind, targets, forMs, ports, () => context.ports()), dryRun, context);
  },
};

async function report(result: FaultResult, dryRun: boolean, context: Context): Promise<number> {
  const { warnings, changed, fault: kind, healed } = result;
  await context.print({ dryRun, ...result, plan: planDocument(result.plan) }, () =>
    dryRun ? planText(result.plan) : '',
  );
  tellWarnings(healed ? [] : warnings, context);
  if (dryRun) return 0;
  if (!changed) context.tell('it is like that already: nothing changed');
  const next = ['status', ...(kind === 'heal' || healed || !changed ? [] : ['fault heal'])];
  context.tell(`next: ${next.map((rest) => rmsxCommand(result.cluster, rest)).join('   ')}`);
  return 0;
}
