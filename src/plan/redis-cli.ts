import type { Output } from '../domain/exec.ts';

/** Says where it is in lines that begin so; everything before the last of them is none of redis-cli. */
const mark = 'rmsx';
const [missing, begun] = [`${mark} missing`, `${mark} begun`];

/**
 * Logs redis-cli in without a command line, or an environment that the engine knows, with the password: it is the first
 * line of the input, and goes into the environment of redis-cli alone (redis-cli.c, REDISCLI_AUTH). `exec` keeps the
 * process, so its id is known.
 */
const script = [
  'stty -echo 2>/dev/null',
  `cli=$(command -v redis-cli || command -v valkey-cli) || { echo ${missing}; exit 127; }`,
  `echo "${mark} $$"`,
  'IFS= read -r REDISCLI_AUTH || exit 1',
  'export REDISCLI_AUTH',
  'stty echo 2>/dev/null',
  `echo ${begun}`,
  'exec "$cli" "$@"',
].join('\n');

/**
 * The command that becomes redis-cli, or valkey-cli where the image has that one, when it has been told the password.
 * @param port - on which the server of the container listens
 * @param args - of redis-cli, as they were typed; what they say wins
 */
export const redisCliCommand = (port: number, args: readonly string[]): readonly string[] => [
  ...['sh', '-c', script, 'redis-cli'],
  ...['-p', String(port)],
  ...args,
];

/** Commands, and what they set or ask for, are nobody's business afterwards: no history in the container. */
export const redisCliEnvironment: Readonly<Record<string, string>> = { REDISCLI_HISTFILE: '/dev/null' };

/** @returns the command that ends a process of the same container */
export const killCommand = (processId: number): readonly string[] => ['sh', '-c', 'kill "$1"', 'sh', String(processId)];

/**
 * @returns the command that ends a process of the same container when its own input ends without a line, as it does when
 * whoever started it is killed
 */
export const guardCommand = (processId: number): readonly string[] => [
  ...['sh', '-c', 'read -r over || kill "$1"', 'sh'],
  String(processId),
];

/** Listens to what is said before redis-cli has begun. */
export class Greeting {
  /** The process that becomes redis-cli, and waits for the password; undefined as long as it does not. */
  processId: number | undefined;
  /** The image has no redis-cli. */
  isMissing = false;
  hasBegun = false;
  #said = '';
  #rest: Uint8Array = new Uint8Array();
  readonly #early: Output[] = [];

  /** What was said besides: why it does not begin. */
  get said(): string {
    return this.#said + Buffer.concat([this.#rest, ...this.#early.map(({ bytes }) => bytes)]).toString('utf8');
  }

  /** @returns what redis-cli itself has written: engines pass stderr on beside stdout, and it may come before the last line here */
  take(output: Output): readonly Output[] {
    if (output.from === 'stderr') this.#early.push(output);
    else this.#listen(output.bytes);
    if (!this.hasBegun) return [];
    const written = [...this.#early.splice(0), { ...output, bytes: this.#rest }];
    return written.filter(({ bytes }) => bytes.length > 0);
  }

  #listen(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (!this.hasBegun) {
      const end = this.#rest.indexOf(0x0a);
      if (end < 0) return;
      this.#read(Buffer.from(this.#rest.subarray(0, end)).toString('utf8').trimEnd());
      this.#rest = this.#rest.subarray(end + 1);
    }
  }

  #read(line: string): void {
    const [, processId] = /^rmsx (\d+)$/.exec(line) ?? [];
    if (processId !== undefined) this.processId = Number(processId);
    else if (line === missing) this.isMissing = true;
    else if (line === begun) this.hasBegun = true;
    else this.#said += `${line}\n`;
  }
}
