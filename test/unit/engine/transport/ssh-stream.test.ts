import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SshStream } from '../../../../src/engine/transport/ssh-stream.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rmsx-stream-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A stream over a line of shell in place of ssh. */
const over = (line: string): SshStream =>
  new SshStream(() => spawn('sh', ['-c', line], { stdio: ['pipe', 'pipe', 'pipe'], cwd: directory }));

async function echoed(stream: SshStream, text: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const whole = new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= text.length) resolve();
    });
  });
  for (let at = 0; at < text.length; at += 10_000) stream.write(text.subarray(at, at + 10_000));
  await whole;
  stream.destroy();
  return Buffer.concat(chunks);
}

/** A server that is too busy for the first connections. */
const busyFor = (times: number): string =>
  `n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n
if [ "$n" -lt ${times} ]; then echo 'kex_exchange_identification: Connection closed by remote host' >&2; exit 255; fi
exec cat`;

describe('a connection over the streams of a program', () => {
  test.each([10, 60_000, 3_000_000])('must carry %i bytes both ways, unchanged', async (length) => {
    const text = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) % 251));
    expect((await echoed(over('exec cat'), text)).equals(text)).toBe(true);
  });

  test('must be begun anew by a server that drops it, with everything that was written', async () => {
    const text = Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(100));
    expect((await echoed(over(busyFor(2)), text)).equals(text)).toBe(true);
  });

  test.each<readonly [string, string, number | null, readonly string[]]>([
    ['a server that drops it for ever', busyFor(99), 255, [expect.stringContaining('kex_exchange') as never]],
    ['an end without a word', 'exit 3', 3, []],
    ['the last words', 'echo one >&2; printf "two\\r\\n\\033[31mred\\n" >&2; exit 255', 255, ['one', 'two', '[31mred']],
  ])(
    'must fail with the reason: %s',
    async (_, line, exitCode, lines) => {
      const stream = over(line);
      stream.resume();
      stream.write('x');
      const [error] = await once(stream, 'error');
      expect(error).toMatchObject({ code: 'SSH_FAILED', exitCode, lines });
    },
    15_000,
  );

  test('must end when the other side ends after it has answered', async () => {
    const stream = over('echo hello');
    const said: string[] = [];
    stream.on('data', (chunk) => said.push(String(chunk)));
    await once(stream, 'close');
    expect(said.join('')).toBe('hello\n');
  });

  test('must take the program along when it is destroyed', async () => {
    const stream = over('echo $$; exec sleep 60');
    const [pid] = (await once(stream, 'data')) as [Buffer];
    stream.destroy();
    await once(stream, 'close');
    await expect.poll(() => isAlive(Number(String(pid)))).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
