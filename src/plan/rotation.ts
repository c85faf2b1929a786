import { topDown } from '../domain/cluster.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { renderConf } from '../render/conf-files.ts';
import type { UpFacts } from './up-facts.ts';

/**
 * A new password under load: first every node admits both and logs in with the new one at its source, then each of them
 * admits the new one alone, the master last. At every moment a replica that comes back finds its password admitted.
 * @param after - steps that come before
 */
export function planRotation(facts: UpFacts, after: readonly string[]): readonly PlannedStep[] {
  const { record, newPassword, template } = facts;
  if (newPassword === undefined) return [];
  const nodes = [...topDown(record.cluster)].reverse();
  const because = 'it has another password now';
  const admit = nodes.map(
    ({ name }): PlannedStep => ({
      id: `admit ${name}`,
      step: { op: 'admit-password', node: name, password: newPassword },
      because,
      after,
    }),
  );
  const admitted = admit.map(({ id }) => id);
  const require = nodes.map((node, i): PlannedStep => {
    const files = renderConf(record, node, newPassword, template);
    const step = { op: 'require-password', node: node.name, password: newPassword, files } as const;
    const last = i === 0 ? admitted : [`require ${nodes[i - 1]?.name}`];
    return { id: `require ${node.name}`, step, because, after: last };
  });
  return [...admit, ...require];
}
