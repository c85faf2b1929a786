import { connect, type Socket } from 'node:net';
import { type Address, formatAddress } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { StreamPart } from '../domain/redis-port.ts';

/** How long a server may say nothing. */
const silenceMs = 1500;
const loggedIn = 'logged in';
/** A server that has more to say before the stream is none. */
const longestLine = 1024;

/**
 * Reads a part of the stream that a server has for replicas that come back (`PSYNC`), and hangs up. A server that does not
 * have it would send all of its data instead: it is hung up on as soon as it says so.
 * @throws RmsxError where it does not hand it out, or the reason of the signal
 */
export function readStream(
  node: string,
  endpoint: Address,
  password: string,
  part: StreamPart,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port, family: 4, noDelay: true });
    const conversation = new Conversation(part);
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      settle();
    };
    const fail = (why: string): void => end(() => reject(refused(node, why)));
    const abort = (): void => end(() => reject(signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.setTimeout(silenceMs, () => fail('the server does not answer'));
    socket.on('error', () => fail(`nothing answers at ${formatAddress(endpoint)}`));
    socket.on('close', () => fail('the server hung up'));
    socket.on('connect', () => logIn(socket, password));
    socket.on('data', (chunk: Buffer) => {
      const said = conversation.hear(chunk);
      if (said === loggedIn) socket.write(command('PSYNC', part.replid, String(part.offset)));
      else if (typeof said === 'string') fail(said);
      else if (said !== null) end(() => resolve(said));
    });
  });
}

const logIn = (socket: Socket, password: string): boolean => socket.write(command('AUTH', password));

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** What a server answers never holds the password, but what it does not understand it may repeat: it is not told. */
const refused = (node: string, why: string): RmsxError =>
  new RmsxError('failed', `${node} does not hand out what it has for its replicas: ${why}.`, { node, reason: 'reply' });

/** Two lines, and the stream behind them. */
class Conversation {
  readonly #wantedBytes: number;
  #isKnown = false;
  #isStreaming = false;
  #heard: Buffer[] = [];
  #heardBytes = 0;

  constructor({ bytes }: StreamPart) {
    this.#wantedBytes = bytes;
  }

  /** @returns what was asked for, once all of it has come; another word where it is to be hung up; null to go on */
  hear(chunk: Buffer): Buffer | string | null {
    this.#heard.push(chunk);
    this.#heardBytes += chunk.length;
    if (this.#isStreaming) return this.#part();
    const text = Buffer.concat(this.#heard);
    const end = text.indexOf('\r\n');
    if (end < 0) return text.length > longestLine ? 'it does not speak the protocol' : null;
    const line = text.subarray(0, end).toString('latin1');
    const rest = text.subarray(end + 2);
    this.#heard = [rest];
    this.#heardBytes = rest.length;
    if (!this.#isKnown) {
      if (!line.startsWith('+OK')) return 'it does not take the password';
      this.#isKnown = true;
      return loggedIn;
    }
    if (!line.startsWith('+CONTINUE')) return 'it does not have that part of its history';
    this.#isStreaming = true;
    return this.#part();
  }

  #part(): Buffer | null {
    return this.#heardBytes < this.#wantedBytes ? null : Buffer.concat(this.#heard).subarray(0, this.#wantedBytes);
  }
}
