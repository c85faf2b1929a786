/** A frame of what a program without a terminal writes, as the engine sends it. @param stream - 1 stdout, 2 stderr */
export function frame(text: string | Buffer, stream = 1): Buffer {
  const payload = Buffer.from(text as string);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
