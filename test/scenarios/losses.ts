import type { Problems } from './invariants.ts';

/** What clients know of their writes: each key is sent once, to one server. */
export interface Known {
  /** Key -> value. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Sent, and never answered: they may be there or not. */
  readonly open: ReadonlyMap<string, string>;
}

/** What rmsx said. Null: it was not asked, or could not know. */
export interface Reported {
  /** By promote. */
  readonly lostBytes: number | null;
  /** By rejoin, as it lists them. */
  readonly list: readonly string[] | null;
  /** By rejoin. */
  readonly bytes: number | null;
}

/** I10: what was acknowledged is there. @param missing - acknowledged keys that the master does not hold */
export const nothingAcknowledgedIsLost = (missing: readonly string[]): Problems =>
  missing.length === 0 ? [] : [`${missing.length} acknowledged writes are lost: ${someOf(missing)}`];

/** I11: what is lost is listed, nothing else is, and the bytes are those of the list. What is not known is no number. */
export function whatIsLostIsReported(known: Known, missing: readonly string[], reported: Reported): Problems {
  const { list } = reported;
  if (list === null) {
    return reported.lostBytes === 0 && missing.length > 0
      ? [`promote says 0 bytes, and ${missing.length} are lost`]
      : [];
  }
  const writes = list.map(writeOf);
  const listed = new Set(writes.map(([key]) => key));
  const untold = missing.filter((key) => !listed.has(key));
  const foreign = writes.filter(([key, value]) => (known.acknowledged.get(key) ?? known.open.get(key)) !== value);
  const present = writes.filter(([key]) => known.acknowledged.has(key) && !missing.includes(key));
  const bytes = writes.reduce((sum, each) => sum + bytesOf(each), 0);
  const told = [reported.lostBytes, reported.bytes].filter((each) => each !== null);
  return [
    ...(untold.length > 0 ? [`${untold.length} lost writes are not listed: ${someOf(untold)}`] : []),
    ...(foreign.length > 0 ? [`listed, and nobody wrote them: ${someOf(foreign.map(String))}`] : []),
    ...(present.length > 0 ? [`listed, and there: ${someOf(present.map(String))}`] : []),
    ...told.filter((each) => each !== bytes).map((each) => `${each} bytes are told, and the list has ${bytes}`),
  ];
}

const someOf = (names: readonly string[]): string => `${names.slice(0, 3).join(' ')}${names.length > 3 ? ' …' : ''}`;

/** The key and the value in `0> set "key" "value"`. */
function writeOf(line: string): readonly [string, string] {
  const [, key, value] = /^\d+> set "(.+)" "(.+)"$/i.exec(line) ?? [];
  return [key ?? line, value ?? line];
}

/** Of `SET key value` in the stream to the replicas. */
const bytesOf = ([key, value]: readonly [string, string]): number =>
  `*3\r\n$3\r\nset\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`.length;
