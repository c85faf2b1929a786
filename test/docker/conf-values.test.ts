import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeWord, splitWords } from '../../src/domain/conf-grammar.ts';
import { nastyBytes, randomFrom } from '../helpers/conf-grammar.ts';
import { isSoak, rows, soakTest } from './support/breadth.ts';
import { docker } from './support/run.ts';

const images = rows(['redis:6.0'], ['redis:7.0', 'redis:8.0', 'valkey:8.1']);
const randomValues = isSoak ? 60 : 6;
const randomLines = isSoak ? 40 : 16;
/** Of Redis 6.0: CONFIG_AUTHPASS_MAX_LEN. */
const longestPassword = 512;
const containers: string[] = [];

afterAll(async () => {
  const left = await docker('ps', '-a', '--format', '{{.Names}}'); // none but those of a test that was given up
  for (const name of left.split('\n')) if (containers.includes(name)) await docker('rm', '-f', '-v', name);
});

/**
 * For each line of stdin, a conf and requests in base64: starts a server on the conf, sends each request on a connection
 * of its own, and writes what was answered until the server closed it; nothing where the server did not start.
 */
const serveEach = `
while read -r conf requests; do
  base64 -d <<<"$conf" >/tmp/test.conf
  redis-server /tmp/test.conf >/dev/null 2>&1 &
  server=$!
  until { exec 3<>/dev/tcp/127.0.0.1/6379; } 2>/dev/null; do
    if ! kill -0 $server 2>/dev/null; then echo; continue 2; fi
    sleep 0.005
  done
  for request in $requests; do
    exec 3<>/dev/tcp/127.0.0.1/6379
    base64 -d <<<"$request" >&3
    timeout 10 base64 -w 0 <&3
    printf ' '
  done
  echo
  { kill -9 $server; wait $server; } 2>/dev/null
done
exit 0`;

type Reply = Buffer | readonly Reply[];
type Command = readonly (string | Buffer)[];

/** A conf, and what is to be asked of the server that runs on it: the commands of each connection. */
interface Start {
  readonly conf: string | Buffer;
  readonly connections: readonly (readonly Command[])[];
}

/** Starts a server of the image on each conf. @returns the replies on each connection, null where it did not start */
async function serve(image: string, starts: readonly Start[]): Promise<readonly ((readonly Reply[])[] | null)[]> {
  const name = `dt-conf-values-${randomBytes(4).toString('hex')}`;
  containers.push(name);
  const flags = ['run', '--rm', '-i', '--pull', 'never', '--network', 'none', '--name', name, '--entrypoint', 'bash'];
  const child = spawn('docker', [...flags, image, '-c', serveEach], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  for (const { conf, connections } of starts) {
    const requests = connections.map((commands) => Buffer.concat([...commands, ['QUIT']].map(asRequest)));
    child.stdin.write(`${[Buffer.from(conf), ...requests].map((bytes) => bytes.toString('base64')).join(' ')}\n`);
  }
  child.stdin.end();
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  const lines = output.split('\n').slice(0, -1);
  expect([await closed, lines.length]).toEqual([0, starts.length]);
  return lines.map((line) => {
    const replies = line.split(' ').slice(0, -1);
    return line === '' ? null : replies.map((reply) => parseReplies(Buffer.from(reply, 'base64')));
  });
}

function asRequest(command: Command): Buffer {
  const words = command.map((word) => Buffer.from(word));
  const parts = words.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}

/** RESP 2; lines with their first character, so that errors can be told from texts. */
function parseReplies(bytes: Buffer): readonly Reply[] {
  let at = 0;
  const line = (): string => {
    const end = bytes.indexOf('\r\n', at);
    const text = bytes.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  const next = (): Reply => {
    const head = line();
    const length = Number(head.slice(1));
    if (head.startsWith('*')) return Array.from({ length }, next);
    if (!head.startsWith('$')) return Buffer.from(head, 'latin1');
    at += length + 2;
    return bytes.subarray(at - length - 2, at - 2);
  };
  const replies: Reply[] = [];
  while (at < bytes.length) replies.push(next());
  return replies;
}

const settings = 'port 6379\nbind 127.0.0.1\nsave ""\ndir /tmp\n';

/**
 * Starts with a password and another value; the server is asked everything that another directive could change. A wrong
 * password gets a connection of its own: from 7.2 on the server does not answer it while earlier replies are unsent.
 */
const startWith = (password: Buffer, other: Buffer): Start => ({
  conf: `${settings}requirepass ${encodeWord(password)}\nmasterauth ${encodeWord(other)}\n`,
  connections: [
    [['PING']],
    [['AUTH', Buffer.concat([password, Buffer.from('x')])]],
    [['AUTH', password.subarray(0, -1)]],
    [
      ['AUTH', password],
      ['PING'],
      ['CONFIG', 'GET', 'requirepass'],
      ['CONFIG', 'GET', 'masterauth'],
      ['CONFIG', 'GET', '*'],
      ['COMMAND', 'COUNT'],
      ['ACL', 'USERS'],
    ],
  ],
});

const text = (reply: Reply | undefined): string => (Buffer.isBuffer(reply) ? reply.toString('latin1') : '');

/** What must be the same whatever the values are: every setting but these, the number of commands, the users. */
function unchanged([all, commands, users]: readonly Reply[]): unknown {
  const flat = (all as readonly Reply[]).map(text);
  const pairs = flat.map((key, i) => `${key} ${flat[i + 1]}`).filter((_, i) => i % 2 === 0);
  const others = pairs.filter((pair) => !/^(requirepass|masterauth|primaryauth) /.test(pair)).sort();
  return { others, commands: text(commands), users: (users as readonly Reply[]).map(text) };
}

const hostile: readonly Buffer[] = [
  'a\nappendonly yes',
  'a\r\nappendonly yes\r\n',
  '"\nappendonly yes\n#',
  'a" "\nappendonly yes\nmasterauth "',
  '\'\nrename-command PING ""\n\'',
  'a\nuser eve on nopass ~* +@all',
  '# no comment',
  '\\x0aappendonly yes',
  '\\"\\\\\\x41\\',
  '" "',
  "it's",
  "'",
  'a"b',
  ' ',
  '\t\v\f\r\n',
  '\ufeffappendonly yes',
  'päss wörd \u{1f511}',
  '$HOME `id` $(id) %s%n',
  'no',
  '>abc <abc nopass ~* +@all',
  '\nappendonly yes\n\\"'.repeat(200), // the server reads the file in pieces of 1024 bytes
].map((value) => Buffer.from(value));

/** Passwords for the servers: hostile ones, every byte, random ones. */
function someValues(): readonly Buffer[] {
  const random = randomFrom(20_261_121);
  const every = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
  const values: Buffer[] = [...hostile, every, Buffer.from(every).reverse(), Buffer.of(0xff, 0xc3, 0x80)];
  while (values.length < hostile.length + 3 + randomValues) {
    const value = nastyBytes(random, 200);
    if (value.length > 0) values.push(value);
  }
  return values;
}

describe.concurrent.each(images)('%s', (image) => {
  test('must take every value byte by byte, and nothing else from it', async () => {
    const values = someValues();
    const passwords = values.map((value) => value.subarray(0, longestPassword));
    const next = (i: number): Buffer => values[(i + 1) % values.length] as Buffer;
    const plain = startWith(Buffer.from('plain'), Buffer.from('word'));
    const [first, ...served] = await serve(image, [plain, ...passwords.map((word, i) => startWith(word, next(i)))]);
    const expected = unchanged(first?.[3]?.slice(4) ?? []);
    expect(expected).toMatchObject({ commands: expect.stringMatching(/^:\d\d\d$/), users: ['default'] });
    for (const [i, password] of passwords.entries()) {
      const name = `${i}: ${password.toString('hex')}`;
      const [[before] = [], [longer] = [], [shorter] = [], replies = []] =
        served[i] ?? expect.fail(`no server with ${name}`);
      const refusals = [before, longer, shorter].map((reply) => text(reply).split(' ')[0]);
      expect(refusals, name).toEqual(['-NOAUTH', '-WRONGPASS', '-WRONGPASS']);
      expect(replies.slice(0, 2).map(text), name).toEqual(['+OK', '+PONG']);
      expect(replies[2], name).toEqual([Buffer.from('requirepass'), password]);
      expect(replies[3], name).toEqual([Buffer.from('masterauth'), next(i)]);
      expect(unchanged(replies.slice(4)), name).toEqual(expected);
    }
  });

  soakTest('must take a line apart as splitWords does, or refuse it as that does', async () => {
    const random = randomFrom(7);
    const rubbish = [
      'a\vb',
      'a\fb',
      '"a"\v',
      "'it\\'s'",
      "'a\\\\'",
      '"a"b',
      '"\\x4g\\q\\t"',
      'a"b c"',
      'a\\"b"',
      '\xa0a',
    ];
    const lines: Buffer[] = rubbish.map((line) => Buffer.from(line, 'latin1'));
    while (lines.length < rubbish.length + randomLines) {
      const line = Buffer.from(nastyBytes(random, 12).filter((byte) => byte !== 0x0a && byte !== 0xff)); // Valkey 8.1 drops 0xff
      if (!line.includes('\\x00')) lines.push(line); // servers differ in what they do with NUL
    }
    const expected = lines.map((line) => {
      try {
        const [, word, ...more] = splitWords(Buffer.concat([Buffer.from('masterauth '), line]));
        return word && more.length === 0 ? word.toString('hex') : 'refused';
      } catch {
        return 'refused';
      }
    });
    const served = await serve(
      image,
      lines.map((line) => ({
        conf: Buffer.concat([Buffer.from(`${settings}masterauth `), line, Buffer.from('\n')]),
        connections: [[['CONFIG', 'GET', 'masterauth']]],
      })),
    );
    const read = served.map((connections) => {
      const [reply] = connections?.[0] ?? [];
      return Array.isArray(reply) ? (reply as Buffer[])[1]?.toString('hex') : 'refused';
    });
    expect(read).toEqual(expected);
    expect(new Set(read).size).toBeGreaterThan(15);
  });
});
