import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tlsAgent } from '../../src/engine/transport/tls-agent.ts';
import { Certificates } from '../helpers/certificates.ts';
import { makeContext } from '../helpers/docker-context.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';
import { StubEngine } from '../helpers/stub-engine.ts';
import { TlsFront } from '../helpers/tls-front.ts';

let authority: Certificates;
let other: Certificates;
let good = '';
let home = '';

beforeAll(() => {
  authority = new Certificates();
  other = new Certificates();
  good = authority.issue();
  home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
});

afterAll(() => {
  authority.remove();
  other.remove();
  rmSync(home, { recursive: true, force: true });
});

interface Trial {
  /** Of the server. @default one that is good */
  readonly server?: string;
  readonly options?: TlsOptions;
  /** DOCKER_CERT_PATH. @default one that is good */
  readonly client?: string;
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `ls` against an engine behind TLS, beside a plain one that nobody may fall back to. */
async function tryTls(trial: Trial = {}): Promise<Run & { readonly asked: number; readonly defaultAsked: number }> {
  await using engine = await StubEngine.start();
  await using fallback = await StubEngine.start();
  await using front = await TlsFront.start(engine.socketPath, trial.server ?? good, trial.options);
  makeContext(home, 'fallback', fallback.env.DOCKER_HOST);
  const run = await runRmsx(['ls', '--json'], {
    env: {
      HOME: home,
      DOCKER_HOST: `tcp://${trial.host ?? '127.0.0.1'}:${front.port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: trial.client ?? good,
      ...trial.env,
    },
  });
  return { ...run, asked: engine.requests.length, defaultAsked: fallback.requests.length };
}

const firstLine = ({ stderr }: Run): string =>
  (stderr.split('\n')[0] ?? '').replace(/:\d{4,5}\b/, ':PORT').replaceAll(authority.directory, '~');

describe('an engine behind TLS', () => {
  test.each([
    ['with the CA alone', {}],
    ['with client certificates', { requestCert: true, rejectUnauthorized: true }],
    ['of TLS 1.2', { maxVersion: 'TLSv1.2' as const }],
  ])('%s must be used', async (_, options) => {
    expect(await tryTls({ options })).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(['true', '0', 'no'])('DOCKER_TLS_VERIFY=%s must mean TLS', async (value) => {
    const { code, asked } = await tryTls({ env: { DOCKER_TLS_VERIFY: value } });
    expect([code, asked > 0]).toEqual([0, true]);
  });

  test('must not show its private key, however much is asked for', async () => {
    const { code, stdout, stderr } = await tryTls({ env: { DEBUG: '*', NODE_DEBUG: '' } });
    expect([code, stderr, stdout.includes('PRIVATE KEY')]).toEqual([0, '', false]);
    // A program that uses the library switches such lines on by itself: docker-modem describes its options there.
    const settings = {
      ca: join(good, 'ca.pem'),
      cert: join(good, 'cert.pem'),
      key: join(good, 'key.pem'),
      verify: true,
    };
    const agent = tlsAgent(settings, {
      url: 'tcp://127.0.0.1:1',
      from: 'me',
      target: { kind: 'tcp', host: '127.0.0.1', port: 1, tls: settings },
      warnings: [],
    });
    expect(inspect({ agent }, { showHidden: true, depth: null })).not.toContain('PRIVATE KEY');
  });

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 must not switch the check off', async () => {
    const { code, asked } = await tryTls({ server: other.issue(), env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect([code, asked]).toEqual([6, 0]);
  });
});

describe('an engine that cannot be trusted must exit 6, say why, and get no request; nor may any other engine', () => {
  test.each<readonly [string, () => Trial, string]>([
    ['a wrong CA', () => ({ server: other.issue() }), 'its certificate is not signed by the CA in ca.pem'],
    ['an expired certificate', () => ({ server: authority.issue({ days: -1 }) }), 'its certificate has expired'],
    [
      'another host name',
      () => ({ server: authority.issue({ names: 'DNS:elsewhere.example' }) }),
      'its certificate is for another host name',
    ],
    [
      'a client certificate of another CA',
      () => {
        const client = other.issue();
        copyFileSync(join(good, 'ca.pem'), join(client, 'ca.pem'));
        return { client, options: { requestCert: true, rejectUnauthorized: true } };
      },
      'broke off',
    ],
  ])('%s', async (_, trial, why) => {
    const run = await tryTls(trial());
    expect([run.code, run.asked, run.defaultAsked]).toEqual([6, 0, 0]);
    expect(firstLine(run)).toContain(`The Docker engine at tcp://127.0.0.1:PORT (DOCKER_HOST, TLS) `);
    expect(firstLine(run)).toContain(why);
  });

  test('an engine that says by an alert that it wants another client certificate', async () => {
    const client = other.issue();
    copyFileSync(join(good, 'ca.pem'), join(client, 'ca.pem'));
    const [server, port] = await serveWithOpenssl();
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: client };
    const run = await runRmsx(['ls'], { env });
    server.kill();
    expect([run.code, firstLine(run)]).toEqual([
      6,
      expect.stringContaining('it does not accept the client certificate'),
    ]);
  });

  test('a plain listener behind a TLS endpoint must receive no byte of HTTP', async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        heard.push(chunk);
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      });
    });
    const port = await listen(server);
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: 'true', DOCKER_CERT_PATH: good };
    const run = await runRmsx(['ls'], { env });
    server.close();
    expect([run.code, firstLine(run)]).toEqual([6, expect.stringContaining('it does not speak TLS there')]);
    const bytes = Buffer.concat(heard);
    expect([bytes[0], bytes.includes('HTTP'), bytes.includes('/containers')]).toEqual([0x16, false, false]);
  });
});

describe('files that cannot be used must exit 6 and be named', () => {
  const broken = (change: (directory: string) => void): string => {
    const directory = authority.issue();
    change(directory);
    return directory;
  };

  test.each<readonly [string, (directory: string) => void, RegExp]>([
    ['no CA', (dir) => rmSync(join(dir, 'ca.pem')), /issued-\d+\/ca\.pem cannot be read \(ENOENT\)\.$/],
    ['no key', (dir) => rmSync(join(dir, 'key.pem')), /issued-\d+\/key\.pem cannot be read \(ENOENT\)\.$/],
    ['no certificate', (dir) => rmSync(join(dir, 'cert.pem')), /issued-\d+\/cert\.pem cannot be read \(ENOENT\)\.$/],
    [
      'a CA that is none',
      (dir) => writeFileSync(join(dir, 'ca.pem'), 'x'),
      /ca\.pem is not a certificate in PEM form\.$/,
    ],
    ['a key that is none', (dir) => writeFileSync(join(dir, 'key.pem'), ''), /key\.pem is not a private key/],
    [
      'a key of another certificate',
      (dir) => copyFileSync(join(good, 'key.pem'), join(dir, 'key.pem')),
      /key\.pem is not the key of .*\/cert\.pem\.$/,
    ],
    [
      'a directory in place of a file',
      (dir) => {
        rmSync(join(dir, 'ca.pem'));
        mkdirSync(join(dir, 'ca.pem'));
      },
      /ca\.pem cannot be read \(EISDIR\)\.$/,
    ],
  ])('%s', async (_, change, message) => {
    const run = await tryTls({ client: broken(change) });
    expect([run.code, run.asked, run.defaultAsked]).toEqual([6, 0, 0]);
    expect(firstLine(run)).toMatch(message);
  });
});

describe('a context with TLS', () => {
  test('must bring its files along', async () => {
    await using engine = await StubEngine.start();
    await using front = await TlsFront.start(engine.socketPath, good, { requestCert: true, rejectUnauthorized: true });
    makeContext(home, 'lab', `tcp://127.0.0.1:${front.port}`, {}, good);
    const env = { HOME: home, DOCKER_HOST: '', DOCKER_CONTEXT: 'lab' };
    expect(await runRmsx(['ls', '--json'], { env })).toMatchObject({ code: 0, stderr: '' });
  });

  test('that skips the check must be told', async () => {
    await using engine = await StubEngine.start();
    await using front = await TlsFront.start(engine.socketPath, other.issue());
    makeContext(home, 'lax', `tcp://127.0.0.1:${front.port}`, { SkipTLSVerify: true });
    const { code, stderr } = await runRmsx(['ls'], { env: { HOME: home, DOCKER_HOST: '', DOCKER_CONTEXT: 'lax' } });
    expect([code, stderr]).toEqual([0, expect.stringContaining('warning: TLS to tcp://127.0.0.1')]);
  });
});

describe('plain TCP', () => {
  test('to another machine must exit 7 unless --insecure-engine is given, and no packet may leave', async () => {
    const env = { DOCKER_HOST: 'tcp://192.0.2.1:2375' };
    const { code, stderr, durationMs } = await runRmsx(['ls'], { env });
    expect([code, stderr, durationMs < 3000]).toEqual([7, expect.stringContaining('--insecure-engine'), true]);
    const allowed = await runRmsx(['ls', '--insecure-engine', '--timeout', '500ms'], { env });
    expect([[6, 124].includes(allowed.code ?? 0), allowed.stderr]).toEqual([
      true,
      expect.stringContaining('warning: tcp://192.0.2.1:2375 is plain TCP'),
    ]);
  });
});

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

/** Node ends such connections without a word; engines send an alert, as openssl does. */
async function serveWithOpenssl(): Promise<readonly [ChildProcess, string]> {
  const files = ['-cert', 'cert.pem', '-key', 'key.pem', '-CAfile', 'ca.pem'];
  const wish = ['-Verify', '1', '-verify_return_error', '-accept', '127.0.0.1:0'];
  const server = spawn('openssl', ['s_server', ...files, ...wish], { cwd: good, stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  return new Promise((resolve) => {
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const [, port] = /ACCEPT 127\.0\.0\.1:(\d+)\n/.exec(said) ?? [];
      if (port) resolve([server, port]);
    });
  });
}
