import type { Check, Verification } from '../domain/verification/verification.ts';
import type { Paint } from './status-table.ts';
import { renderTable } from './table.ts';

/** A verification for people: what is wrong first, then what was compared, and how long writes take. */
export function renderVerification({ cluster, ok, checks, keys, latency }: Verification, paint: Paint): string {
  const failed = checks.filter((check) => !check.ok && check.made);
  const missing = checks.filter(({ made }) => !made);
  const passed = checks.filter((check) => check.ok).length;
  const outcome = ok ? paint('good', 'ok') : paint('bad', 'not ok');
  const hint = failed.find((check) => check.hint !== null)?.hint;
  return [
    `${cluster.name}  ${cluster.nodes} nodes  ${passed} of ${checks.length} checks passed  ${outcome}`,
    ...failed.map(({ check, message }) => `${paint('bad', 'not ok')}  ${check}: ${message}`),
    ...notMade(missing).map((line) => `${paint('bad', 'not ok')}  ${line}`),
    keysLine(keys),
    ...latencyLines(latency, paint),
    ...(hint ? [`hint: ${hint}`] : []),
    '',
  ].join('\n');
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
