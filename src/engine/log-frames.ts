const headerBytes = 8;

/**
 * Takes the log of a container without a terminal apart: frames of `{stream, 0, 0, 0, size, payload}`.
 * @returns its lines, without line ends
 */
export function parseLogFrames(buffer: Buffer): readonly string[] {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + headerBytes <= buffer.length) {
    const size = buffer.readUInt32BE(at + 4);
    parts.push(buffer.subarray(at + headerBytes, at + headerBytes + size));
    at += headerBytes + size;
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
