import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineEndpoint } from '../../../../src/engine/endpoint/endpoint.ts';
import { findEndpoint } from '../../../../src/engine/endpoint/find-endpoint.ts';
import { sshArguments } from '../../../../src/engine/transport/ssh-command.ts';
import { rejectionOf } from '../../../helpers/error-of.ts';

let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const resolve = (host: string, env: NodeJS.ProcessEnv = {}, insecureEngine = false): Promise<EngineEndpoint> =>
  findEndpoint({ dockerHost: host, chosenBy: '--docker-host', insecureEngine }, { HOME: home, ...env });

describe('addresses', () => {
  test.each<readonly [string, object]>([
    ['unix:///run/a b.sock', { kind: 'unix', path: '/run/a b.sock' }],
    ['tcp://127.0.0.1', { kind: 'tcp', host: '127.0.0.1', port: 2375, tls: null }],
    ['tcp://localhost:5000/', { kind: 'tcp', host: 'localhost', port: 5000, tls: null }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375, tls: null }],
    ['ssh://host', { kind: 'ssh', host: 'host', port: null, user: null, socket: null }],
    ['ssh://me@host.example:2222', { kind: 'ssh', host: 'host.example', port: 2222, user: 'me', socket: null }],
    ['ssh://h_1/run/user/1/d.sock', { kind: 'ssh', host: 'h_1', port: null, user: null, socket: '/run/user/1/d.sock' }],
  ])('%s', async (host, target) => {
    expect((await resolve(host)).target).toEqual(target);
  });

  test.each([
    ['fd://', 'begins with fd://, which reaches no engine.'],
    ['/run/docker.sock', 'has no scheme.'],
    ['host:2375', 'has no scheme.'],
    ['npipe:////./pipe/docker_engine', 'is a named pipe of Windows, which rmsx does not speak.'],
    ['https://host:2376', 'is not the address of an engine: that begins with tcp://.'],
    ['unix://relative', 'has no absolute path.'],
    ['tcp://', 'has no host that can be used.'],
    ['tcp://host:99999', 'cannot be read.'],
    ['tcp://host:2375/path', 'has more than host and port.'],
    ['ssh://-oProxyCommand=touch/x', 'has no host that can be used.'],
    ['ssh://-lroot@-oProxyCommand', 'has no host that can be used.'],
    ['ssh://-oProxyCommand@host', 'has no usable user.'],
    ['ssh://host?x', 'has something behind its path.'],
  ])('%s must be wrong usage, with what is possible', async (host, why) => {
    const { code, message, hint } = await rejectionOf(resolve(host));
    expect([code, message]).toEqual(['bad-usage', `The engine address "${host}" (--docker-host) ${why}`]);
    expect(hint).toContain('unix:///PATH, tcp://HOST[:PORT] and ssh://[USER@]HOST[:PORT][/PATH]');
  });

  test('a bare path must be answered with the address that is meant', async () => {
    expect((await rejectionOf(resolve('/run/docker.sock'))).hint).toContain('Perhaps: unix:///run/docker.sock');
  });

  test.each(['ssh://me:top-secret@host', 'tcp://me:top-secret@host', 'http://me:top-secret@host'])(
    'a password must be refused, and not be repeated: %s',
    async (host) => {
      const { code, message, hint } = await rejectionOf(resolve(host));
      expect([code, `${message}${hint}`.includes('top-secret')]).toEqual(['bad-usage', false]);
    },
  );
});

describe('TLS must never be weaker than anybody asked for', () => {
  const files = (directory: string, verify = true): object => ({
    ca: verify ? join(directory, 'ca.pem') : null,
    cert: null,
    key: null,
    verify,
  });

  test.each(['1', '0', 'true', 'false', 'yes', 'no', ' '])('DOCKER_TLS_VERIFY=%j must switch it on', async (value) => {
    expect((await resolve('tcp://h', { DOCKER_TLS_VERIFY: value })).target).toEqual({
      kind: 'tcp',
      host: 'h',
      port: 2376,
      tls: files(join(home, '.docker')),
    });
  });

  test('an empty DOCKER_TLS_VERIFY is none', async () => {
    expect((await resolve('tcp://127.0.0.1', { DOCKER_TLS_VERIFY: '' })).target).toMatchObject({ tls: null });
  });

  test('DOCKER_CERT_PATH must be used, and DOCKER_CONFIG without it', async () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/conf' };
    expect((await resolve('tcp://h', env)).target).toMatchObject({ tls: files('/conf') });
    const both = { ...env, DOCKER_CERT_PATH: '/certs' };
    expect((await resolve('tcp://h', both)).target).toMatchObject({ tls: files('/certs') });
  });

  test('DOCKER_TLS must give TLS that does not verify, and say so', async () => {
    const { target, warnings } = await resolve('tcp://h:1', { DOCKER_TLS: '1' });
    expect(target).toMatchObject({ tls: files('', false) });
    expect(warnings).toEqual([
      'TLS to tcp://h:1 does not check who answers: anybody on the way can take over that host (--docker-host)',
    ]);
  });

  test('half a pair of client files must count, so that the other half is missed', async () => {
    mkdirSync(join(home, '.docker'));
    writeFileSync(join(home, '.docker/cert.pem'), '');
    const { target } = await resolve('tcp://h', { DOCKER_TLS_VERIFY: '1' });
    expect(target).toMatchObject({ tls: { cert: join(home, '.docker/cert.pem'), key: join(home, '.docker/key.pem') } });
  });

  const context = (docker: object, tlsFiles: readonly string[]): void => {
    const id = createHash('sha256').update('lab').digest('hex');
    const [meta, tls] = [join(home, '.docker/contexts/meta', id), join(home, '.docker/contexts/tls', id, 'docker')];
    for (const directory of [meta, tls]) mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(meta, 'meta.json'),
      JSON.stringify({ Endpoints: { docker: { Host: 'tcp://h:2376', ...docker } } }),
    );
    for (const file of tlsFiles) writeFileSync(join(tls, file), '');
  };
  const inContext = (env: NodeJS.ProcessEnv = {}): Promise<EngineEndpoint> =>
    findEndpoint({}, { HOME: home, DOCKER_CONTEXT: 'lab', ...env });

  test('the files of a context must be used', async () => {
    context({ SkipTLSVerify: false }, ['ca.pem', 'cert.pem', 'key.pem']);
    const { target, warnings } = await inContext();
    const tls = (target as { tls: { ca: string; key: string; verify: boolean } }).tls;
    expect([tls.verify, /\/[0-9a-f]{64}\/docker\/ca\.pem$/.test(tls.ca), warnings]).toEqual([true, true, []]);
  });

  test('SkipTLSVerify must be respected and told, unless DOCKER_TLS_VERIFY asks for more', async () => {
    context({ SkipTLSVerify: true }, []);
    const skipped = await inContext();
    expect([skipped.target, skipped.warnings.length]).toMatchObject([{ tls: { verify: false } }, 1]);
    const verified = await inContext({ DOCKER_TLS_VERIFY: '1' });
    expect([verified.target, verified.warnings]).toMatchObject([{ tls: { verify: true } }, []]);
  });

  test('a context without TLS must be refused as any plain TCP to another machine', async () => {
    context({}, []);
    expect((await rejectionOf(inContext())).code).toBe('unsafe');
  });

  test.each(['tcp://h', 'tcp://10.0.0.1:2375', 'tcp://128.0.0.1', 'tcp://127.example.com', 'tcp://[fe80::1]:2375'])(
    'plain TCP to another machine must be refused: %s',
    async (host) => {
      expect(await rejectionOf(resolve(host))).toMatchObject({
        code: 'unsafe',
        message: `${host} (--docker-host) is plain TCP to another machine: anybody on the way could take over that host.`,
      });
      expect((await resolve(host, {}, true)).warnings).toHaveLength(1);
    },
  );
});

describe('the command line of ssh', () => {
  const lineOf = async (host: string, isInteractive = false): Promise<string> => {
    const { target } = await resolve(host);
    if (target.kind !== 'ssh') throw new Error('not ssh');
    return sshArguments(target, isInteractive).join(' ');
  };

  test.each([
    ['ssh://host', '-o ConnectTimeout=20 -o BatchMode=yes -T -- host docker system dial-stdio'],
    [
      'ssh://me@host:2222/run/d.sock',
      '-o ConnectTimeout=20 -o BatchMode=yes -T -p 2222 -l me -- host docker --host unix:///run/d.sock system dial-stdio',
    ],
    [
      "ssh://host/a;reboot%20'b'",
      "-o ConnectTimeout=20 -o BatchMode=yes -T -- host docker --host 'unix:///a;reboot '\\''b'\\''' system dial-stdio",
    ],
  ])('%s', async (host, line) => {
    expect(await lineOf(host)).toBe(line);
  });

  test('somebody at a terminal may be asked by his agent', async () => {
    expect(await lineOf('ssh://host', true)).toBe('-o ConnectTimeout=20 -T -- host docker system dial-stdio');
  });
});
