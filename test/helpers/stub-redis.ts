import { createServer, type Server, type Socket } from 'node:net';

/** A server that takes one password, answers PING, INFO with a fixed text, and knows nothing else unless it is told to. */
export class StubRedis {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param stranger - what it says to those who have not logged in
   * @param others - what it replies to other commands, by name
   */
  static async start(
    password: string,
    info: () => string,
    stranger = '-NOAUTH Authentication required.',
    others: Readonly<Record<string, string>> = {},
  ): Promise<StubRedis> {
    const server = createServer();
    const redis = new StubRedis(server);
    server.on('connection', (socket) => {
      redis.#sockets.add(socket);
      let text = '';
      let isKnown = false;
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        for (let taken = takeCommand(text); taken; taken = takeCommand(text)) {
          text = taken.rest;
          const isLogin = taken.words[0]?.toUpperCase() === 'AUTH';
          const { words } = taken;
          const known = others[words[0] ?? ''] ?? reply(words, password, info);
          socket.write(isLogin || isKnown ? known : `${stranger}\r\n`);
          isKnown ||= isLogin && taken.words.at(-1) === password;
        }
      });
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return redis;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface Taken {
  readonly words: readonly string[];
  readonly rest: string;
}

/** Takes one whole command (an array of ASCII strings) from the front of a text. */
function takeCommand(text: string): Taken | undefined {
  const lines = text.split('\r\n');
  const count = Number(/^\*(\d+)$/.exec(lines[0] ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(count) || lines.length < 2 * count + 2) return undefined;
  const words = Array.from({ length: count }, (_, i) => lines[2 * i + 2] ?? '');
  return { words, rest: lines.slice(2 * count + 1).join('\r\n') };
}

function reply([command = '', ...rest]: readonly string[], password: string, info: () => string): string {
  if (command.toUpperCase() === 'AUTH') return rest.at(-1) === password ? '+OK\r\n' : '-WRONGPASS invalid\r\n';
  if (command.toUpperCase() === 'PING') return '+PONG\r\n';
  if (command.toUpperCase() !== 'INFO')
    return `-ERR unknown command '${command}', with args beginning with: ${rest}\r\n`;
  return `$${Buffer.byteLength(info())}\r\n${info()}\r\n`;
}
