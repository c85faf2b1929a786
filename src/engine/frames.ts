import { strangeReply } from './wire.ts';

const headerBytes = 8;
const stderr = 2;
/** The engine itself: something went wrong. */
const engineItself = 3;

/** What a program without a terminal wrote in one go. */
export interface Frame {
  readonly from: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** Takes apart what programs without a terminal write, as it comes: frames of `{stream, 0, 0, 0, size, payload}`. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #length = 0;
  #needed = headerBytes;

  /**
   * @returns the frames that are complete by now
   * @throws Error with the words of the engine where it cannot go on, RmsxError for what is none of an engine
   */
  take(chunk: Buffer): readonly Frame[] {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    const frames: Frame[] = [];
    let rest = Buffer.concat(this.#pieces);
    for (;;) {
      this.#needed = rest.length < headerBytes ? headerBytes : headerBytes + sizeIn(rest);
      if (rest.length < this.#needed) break;
      const bytes = rest.subarray(headerBytes, this.#needed);
      if (rest[0] === engineItself) throw new Error(bytes.toString('utf8'));
      frames.push({ from: rest[0] === stderr ? 'stderr' : 'stdout', bytes });
      rest = rest.subarray(this.#needed);
    }
    this.#pieces = [rest];
    this.#length = rest.length;
    return frames;
  }

  /** @throws Error where the last frame is cut off */
  end(): void {
    if (this.#length > 0) throw new Error('its answer was cut off');
  }
}

function sizeIn(header: Buffer): number {
  const isSound = (header[0] ?? 0) <= engineItself && header.readUIntBE(1, 3) === 0;
  if (!isSound) throw strangeReply();
  return header.readUInt32BE(4);
}

/** As a frame of the engine, for what has a terminal and therefore one stream without frames. */
export const asFrame = (bytes: Buffer): Frame => ({ from: 'stdout', bytes });
