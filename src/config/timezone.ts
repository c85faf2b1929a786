/** A rule of its own, as POSIX has them for TZ: `EST5EDT`, `<+03>-3`, `CET-1CEST,M3.5.0,M10.5.0/3`. */
const name = '(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)';
const offset = String.raw`[+-]?\d{1,3}(?::\d{2}){0,2}`;
const change = String.raw`(?:J?\d{1,3}|M\d{1,2}\.\d\.\d)(?:/${offset})?`;
const rule = new RegExp(`^${name}${offset}(?:${name}(?:${offset})?(?:,${change},${change})?)?$`);

/**
 * Servers understand a name of the time zone database, spelled as its files are, a path of it, or a rule. With anything
 * else the C library says nothing and takes UTC (tzset(3)).
 * @returns what is wrong with a time zone, or undefined
 */
export function timezoneProblem(zone: string): string | undefined {
  if (rule.test(zone) || /^:?\/[\w+\-./]+$/.test(zone)) return undefined;
  const canonical = canonicalName(zone.replace(/^:/, ''));
  if (canonical === undefined) return `"${zone}" is not a time zone, such as Europe/Berlin`;
  const isMisspelled = canonical !== zone && canonical.toLowerCase() === zone.toLowerCase();
  return isMisspelled ? `"${zone}" is not a time zone: write ${canonical}` : undefined;
}

/** @returns what a name is called today; undefined for an offset, such as +01:00, which is a zone for JavaScript alone */
function canonicalName(zone: string): string | undefined {
  if (!/^[A-Za-z][\w+\-/]*$/.test(zone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * The time zone of the caller: what is none for a server may well be in an environment.
 * @param given - the variable TZ
 */
export function callersTimezone(given: string | undefined): string {
  const zone = given?.replace(/^:/, '');
  if (zone && timezoneProblem(zone) === undefined) return zone;
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
