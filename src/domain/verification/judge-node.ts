import { type Address, formatAddress, nodeAt } from '../cluster.ts';
import { rmsxCommand } from '../hints.ts';
import { containerName } from '../names.ts';
import { toPrintable } from '../printable.ts';
import type { Subject, Verdict } from './verdict.ts';

const describeRole = (source: string | null): string => (source === null ? 'the master' : `a replica of ${source}`);

/** The source that it runs with, against the record. */
export function judgeSource({ node, evidence }: Subject): Verdict {
  const { name, role, source, plannedSource } = node;
  const runs = role === 'master' ? null : source;
  if (runs === plannedSource) return { ok: true, message: `${name} runs as ${describeRole(runs)}, as it should` };
  const message = `${name} runs as ${describeRole(runs)}, and should be ${describeRole(plannedSource)}`;
  return { ok: false, message, hint: hintOf(node.name, evidence.status.warnings) };
}

/** What it would come back as after a restart, against what it is. */
export function judgeRoleConf(conf: Address | null | undefined, { node, evidence }: Subject): Verdict {
  const { name } = node;
  const hint = rmsxCommand(evidence.cluster.name, 'up');
  if (conf === undefined) return { ok: false, message: `${name} has a role.conf that cannot be read`, hint };
  const kept = conf && (nodeAt(evidence.cluster, conf)?.name ?? formatAddress(conf));
  const runs = node.role === 'master' ? null : node.source;
  return kept === runs
    ? { ok: true, message: `${name} would come back as ${describeRole(kept)}, as its role.conf says` }
    : {
        ok: false,
        message: `${name} runs as ${describeRole(runs)}, and its role.conf says ${describeRole(kept)}: it would come back as that`,
        hint: hintOf(name, evidence.status.warnings) ?? hint,
      };
}

/** Whether somebody without the password is kept out. */
export function judgeStranger(answer: string, { node, evidence }: Subject): Verdict {
  const { name } = node;
  if (answer.startsWith('NOAUTH')) return { ok: true, message: `${name} refuses who does not log in` };
  const said = toPrintable(answer).slice(0, 80);
  const hint = `docker restart ${containerName(evidence.cluster.name, name)}   # it reads its redis.conf again`;
  const message = /DENIED .*protected mode/.test(answer)
    ? `${name} has no password, and its protected mode lets nobody in`
    : `${name} answers somebody who has not logged in: ${said}`;
  return { ok: false, message, hint };
}

/** Whether the commands that the cluster disables are. */
export function judgeCommands(enabled: readonly string[], { node, evidence }: Subject): Verdict {
  const { name } = node;
  const { disabledCommands } = evidence.cluster;
  if (enabled.length === 0) {
    const all =
      disabledCommands.length === 0 ? 'disables nothing, as it should' : `does not know ${disabledCommands.join(', ')}`;
    return { ok: true, message: `${name} ${all}` };
  }
  const hint = `docker restart ${containerName(evidence.cluster.name, name)}   # it reads its redis.conf again`;
  return { ok: false, message: `${name} knows ${enabled.join(', ')}, which this cluster disables`, hint };
}

/** Whether the master takes writes. */
export function judgeWritable(refusal: string | null, { node, evidence }: Subject): Verdict {
  const { name } = node;
  if (refusal === null) return { ok: true, message: `${name} accepts writes` };
  const hint = rmsxCommand(evidence.cluster.name, 'status');
  return { ok: false, message: `${name} refuses writes: ${toPrintable(refusal)}`, hint };
}

/** Whether a replica refuses writes. */
export function judgeReadOnly(
  [refusal, readOnly]: readonly [string | null, string | null],
  { node, evidence }: Subject,
): Verdict {
  const { name } = node;
  if (refusal?.includes('READONLY')) return { ok: true, message: `${name} refuses writes` };
  const hint = `docker restart ${containerName(evidence.cluster.name, name)}   # it reads its redis.conf again`;
  if (refusal !== null) {
    return { ok: false, message: `${name} refuses writes, but not as a replica: ${toPrintable(refusal)}`, hint };
  }
  const why = node.role === 'master' ? 'it runs as a master' : `its replica-read-only is ${readOnly ?? 'unknown'}`;
  return { ok: false, message: `${name} accepts writes: ${why}`, hint };
}

/** What is told of a node itself, or of who are the masters: two of them, none, or a circle. */
const hintOf = (
  name: string,
  warnings: readonly { readonly node: string | null; readonly hint: string | null }[],
): string | null => warnings.find(({ node, hint }) => hint !== null && (node === name || node === null))?.hint ?? null;
