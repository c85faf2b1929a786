import { counted } from '../domain/names.ts';
import type { Check, Verification } from '../domain/verification/verification.ts';
import type { Paint } from './status-table.ts';
import { renderTable } from './table.ts';

/** A verification for people: what is wrong first, then what was compared, and how long writes take. */
export function renderVerification({ cluster, ok, checks, keys, latency }: Verification, paint: Paint): string {
  const failed = checks.filter((check) => !check.ok && check.made);
  const unseen = checks.filter(({ made }) => !made);
  const missing = unseen.filter((check) => !failed.some((reason) => isWhy(reason, check)));
  const passed = checks.filter((check) => check.ok).length;
  const outcome = ok ? paint('good', 'ok') : paint('bad', 'not ok');
  const hint = failed.find((check) => check.hint !== null)?.hint;
  return [
    `${cluster.name}  ${counted(cluster.nodes, 'node')}  ${passed} of ${checks.length} checks passed  ${outcome}`,
    ...failed.map((check) => `${paint('bad', 'not ok')}  ${check.check}: ${check.message}${notChecked(check, unseen)}`),
    ...notMade(missing).map((line) => `${paint('bad', 'not ok')}  ${line}`),
    keysLine(keys),
    ...latencyLines(latency, paint),
    ...(hint ? [`hint: ${hint}`] : []),
    '',
  ].join('\n');
}

/** Whether a node that cannot be reached is all that stands in the way of another check. */
const isWhy = (reason: Check, { node, message }: Check): boolean =>
  reason.check === 'reachable' && reason.node === node && message === `not checked: ${reason.message}`;

/** The reason is told once: it would be the same for all of them. */
function notChecked(check: Check, unseen: readonly Check[]): string {
  const codes = unseen.filter((other) => isWhy(check, other)).map((other) => other.check);
  return codes.length === 0 ? '' : `\n        not checked there: ${codes.join(', ')}`;
}

/** One line for everything that could not be checked for the same reason. */
function notMade(checks: readonly Check[]): readonly string[] {
  const byReason = new Map<string, Check[]>();
  for (const check of checks) byReason.set(check.message, [...(byReason.get(check.message) ?? []), check]);
  return [...byReason].map(([reason, same]) => {
    const nodes = [...new Set(same.map(({ node }) => node))];
    const codes = [...new Set(same.map(({ check }) => check))];
    return `${codes.join(', ')} of ${nodes.join(', ')}: ${reason}`;
  });
}

function keysLine({ written, compared, of, complete, inMotion }: Verification['keys']): string {
  const share = complete ? `all ${of} keys compared` : `${compared} of ${of} keys compared`;
  const moving = inMotion > 0 ? `, ${inMotion} in motion` : '';
  return `${written} markers written; ${share}${moving}`;
}

function latencyLines(latency: Verification['latency'], paint: Paint): readonly string[] {
  if (latency.length === 0) return [];
  const text = (ms: number | null): string => (ms === null ? '?' : String(ms));
  const rows = latency.map(({ node, medianMs, maxMs }) => [node, text(medianMs), text(maxMs)]);
  const [head, ...lines] = renderTable([['NODE', 'LATENCY MS', 'MAX MS'], ...rows])
    .trimEnd()
    .split('\n');
  return [paint('dim', head ?? ''), ...lines];
}
