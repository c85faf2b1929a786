import { type LostWrites, lostBytesOf } from '../domain/lost-writes/lost-writes.ts';
import { countWrites } from '../domain/lost-writes/write-command.ts';
import { counted } from '../domain/names.ts';

/**
 * What a promotion lost, in one line.
 * @param see - the command that shows more
 */
export function lostInWords(lost: LostWrites, see: string): string {
  if ('unknown' in lost) return `lost writes cannot be known: ${lost.unknown}`;
  const { writes, bytes, beyond } = lost;
  const count = counted(countWrites(writes), 'write');
  const found = bytes === null ? count : `${bytes} bytes in ${count}`;
  if (lostBytesOf(lost) === 0) return '0 bytes lost';
  const more = beyond === null ? '' : `; whether there were more cannot be known: ${beyond}`;
  if (writes.length === 0) return `no lost write found${more}`;
  return `${beyond === null ? '' : 'at least '}${found} lost: see ${see}${more}`;
}
