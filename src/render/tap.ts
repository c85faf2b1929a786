import type { Check, Verification } from '../domain/verification/verification.ts';

/**
 * A verification as TAP version 14: a plan, a line for each check, and what is wrong as YAML below it.
 * @see https://testanything.org/tap-version-14-specification.html
 */
export function renderTap({ cluster, checks, keys, latency }: Verification): string {
  return [
    'TAP version 14',
    `1..${checks.length}`,
    ...checks.flatMap((check, i) => testPoint(check, i + 1)),
    `# ${cluster.name}: ${keys.compared} of ${keys.of} keys compared, ${keys.written} written, ${keys.inMotion} in motion`,
    ...latency.map(({ node, medianMs, maxMs }) =>
      medianMs === null
        ? `# latency of ${node}: not measured`
        : `# latency of ${node}: median ${medianMs} ms, max ${maxMs} ms`,
    ),
    '',
  ].join('\n');
}

function testPoint({ check, node, ok, made, message, hint }: Check, number: number): readonly string[] {
  const line = `${ok ? 'ok' : 'not ok'} ${number} - ${escaped(node === null ? check : `${check}: ${node}`)}`;
  if (ok) return [line];
  // JSON is YAML: no text of a server can break out of its line.
  const diagnostic = { check, node, made, message, hint };
  const lines = Object.entries(diagnostic).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  return [line, '  ---', ...lines, '  ...'];
}

/** What would begin a directive, as TODO and SKIP do. */
const escaped = (text: string): string => text.replace(/[\\#]/g, '\\$&');
