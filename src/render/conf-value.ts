const plain = /^[A-Za-z0-9_./:-]+$/;

/**
 * A value for redis.conf that the server reads back byte by byte: quoted, everything unusual as `\xHH`. The grammar is
 * sdssplitargs of the server (sds.c).
 * @throws RangeError for a NUL byte, which the server would cut the value at
 */
export function encodeConfValue(value: string): string {
  if (value.includes('\0')) throw new RangeError('a value in redis.conf cannot contain a NUL byte');
  if (plain.test(value)) return value;
  let text = '';
  for (const byte of Buffer.from(value, 'utf8')) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\') text += `\\${char}`;
    else text += byte >= 0x20 && byte < 0x7f ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${text}"`;
}

/** @returns the value that the server reads from what `encodeConfValue` wrote */
export function decodeConfValue(text: string): string {
  if (!text.startsWith('"')) return text;
  const bytes: number[] = [];
  const body = text.slice(1, -1);
  for (let i = 0; i < body.length; i++) {
    const hex = /^\\x([0-9a-f]{2})/i.exec(body.slice(i, i + 4));
    if (hex) i += 3;
    else if (body[i] === '\\') i += 1;
    bytes.push(hex ? Number.parseInt(hex[1] ?? '', 16) : body.charCodeAt(i));
  }
  return Buffer.from(bytes).toString('utf8');
}
