import type { RawCommand } from '../domain/lost-writes/command-reader.ts';
import type { HeldWrites } from '../domain/lost-writes/lost-writes.ts';
import { countWrites, type WriteCommand } from '../domain/lost-writes/write-command.ts';
import { counted } from '../domain/names.ts';

/** Printable ASCII but for quotes and backslashes. */
const plain = /^[\x20-\x21\x23-\x5b\x5d-\x7e]$/;

/** Writes as `redis-cli --pipe` takes them. */
export function lostWritesToPipe(writes: readonly WriteCommand[]): Buffer {
  let database: number | null = null;
  const parts: Buffer[] = [];
  for (const write of writes) {
    if (write.database !== null && write.database !== database) {
      database = write.database;
      parts.push(encode([Buffer.from('SELECT'), Buffer.from(String(database))]));
    }
    parts.push(encode(write.args));
  }
  return Buffer.concat(parts);
}

const encode = (args: RawCommand): Buffer =>
  Buffer.concat([
    Buffer.from(`*${args.length}\r\n`),
    ...args.flatMap((arg) => [Buffer.from(`$${arg.length}\r\n`), arg, Buffer.from('\r\n')]),
  ]);

/**
 * One write as people read it: `0> SET "key" "value"`, with the number of its database.
 * @param mostCharacters - of each argument; what is cut off is said. @default all
 */
export function formatWrite(
  { database, args }: WriteCommand,
  mostCharacters: number = Number.POSITIVE_INFINITY,
): string {
  const [name, ...rest] = args;
  const words = rest.map((arg) => quoted(arg, mostCharacters));
  return `${database ?? '?'}> ${[name?.toString('latin1').replace(/[^\w.|-]/g, '?') ?? '', ...words].join(' ')}`;
}

function quoted(arg: Buffer, mostCharacters: number): string {
  const shown = arg.length > mostCharacters ? arg.subarray(0, mostCharacters) : arg;
  const text = [...shown].map(escaped).join('');
  return `"${text}"${shown.length < arg.length ? `… (${arg.length} bytes)` : ''}`;
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte);
  if (plain.test(character)) return character;
  if (character === '"' || character === '\\') return `\\${character}`;
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Whether the beginning of the stream, which selects the database, is not there any more. */
export const hasUnknownDatabase = (writes: readonly WriteCommand[]): boolean =>
  writes.some(({ database }) => database === null);

/** Whose writes they are. */
export interface LostOf {
  readonly cluster: string;
  readonly node: string;
}

/** Lost writes as people read them, a line for each. */
export function lostWritesAsText({ writes, bytes }: HeldWrites, { cluster, node }: LostOf): string {
  const size = bytes === null ? '' : ` (${bytes} bytes)`;
  const head = `# ${counted(countWrites(writes), 'write')}${size} that only ${node} of ${cluster} had, oldest first.`;
  return [
    head,
    '# The number of the database stands before each.',
    ...(hasUnknownDatabase(writes)
      ? ['# Where it is a ? nobody knows it: redis-cli --pipe writes these into database 0, or into that of its -n.']
      : []),
    ...writes.map((write) => formatWrite(write)),
    '',
  ].join('\n');
}
