import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findEndpoint } from '../../../src/engine/endpoint.ts';
import { errorOf } from '../../helpers/error-of.ts';

let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'rmsx-home-'));
  for (const [name, host] of [
    ['colima', 'unix:///home/me/.colima/docker.sock'],
    ['remote', 'tcp://docker.example:2375'],
    ['ssh', 'ssh://me@docker.example'],
  ] as const) {
    const directory = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  }
});

beforeEach(() => vi.stubEnv('HOME', home));

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const use = (config: string): void => writeFileSync(join(home, '.docker/config.json'), config);

describe('the engine must be the one that the docker command would take', () => {
  test('DOCKER_HOST before everything else', () => {
    use('{"currentContext":"colima"}');
    const env = { DOCKER_HOST: 'unix:///run/mine.sock', DOCKER_CONTEXT: 'remote' };
    expect(findEndpoint(env)).toEqual({ url: 'unix:///run/mine.sock', from: 'DOCKER_HOST' });
  });

  test('DOCKER_CONTEXT before the current context', () => {
    use('{"currentContext":"colima"}');
    expect(findEndpoint({ DOCKER_CONTEXT: 'remote' })).toEqual({
      url: 'tcp://docker.example:2375',
      from: 'the docker context "remote"',
    });
  });

  test('the current context before the default socket', () => {
    use('{"currentContext":"colima"}');
    expect(findEndpoint({})).toEqual({
      url: 'unix:///home/me/.colima/docker.sock',
      from: 'the docker context "colima"',
    });
  });

  test('the configuration that DOCKER_CONFIG names', () => {
    use('{"currentContext":"colima"}');
    expect(findEndpoint({ DOCKER_CONFIG: join(home, 'elsewhere') }).from).toBe('the default');
  });

  test.each(['{}', '{"currentContext":"default"}', '{"currentContext":""}', '{"currentContext":7}', 'no JSON', ''])(
    'the default where the configuration is %s',
    (config) => {
      use(config);
      expect(findEndpoint({}).from).toBe('the default');
    },
  );

  test('the default where DOCKER_CONTEXT asks for it', () => {
    use('{"currentContext":"colima"}');
    expect(findEndpoint({ DOCKER_CONTEXT: 'default' }).from).toBe('the default');
  });
});

describe('an explicit choice must be final: another engine would be a wrong one', () => {
  test('a context that is not there', () => {
    expect(errorOf(() => findEndpoint({ DOCKER_CONTEXT: 'nope' }))).toEqual({
      code: 'engine-unreachable',
      message: 'The docker context "nope" is not there.',
      hint: 'docker context ls',
      problems: [],
    });
  });

  test.each([
    [
      { DOCKER_HOST: 'ssh://me@host' },
      'DOCKER_HOST names ssh://me@host, and rmsx speaks unix:// and tcp:// only, so far.',
    ],
    [{ DOCKER_HOST: 'fd://' }, 'DOCKER_HOST names fd://, and rmsx speaks unix:// and tcp:// only, so far.'],
    [
      { DOCKER_HOST: '/run/docker.sock' },
      'DOCKER_HOST names /run/docker.sock, and rmsx speaks unix:// and tcp:// only, so far.',
    ],
    [
      { DOCKER_CONTEXT: 'ssh' },
      'the docker context "ssh" names ssh://me@docker.example, and rmsx speaks unix:// and tcp:// only, so far.',
    ],
    [
      { DOCKER_HOST: 'tcp://host:2376', DOCKER_TLS_VERIFY: '1' },
      'DOCKER_HOST asks for TLS, which rmsx does not speak yet, and it does not go on without.',
    ],
  ])('%j', (env, message) => {
    const { code, message: told } = errorOf(() => findEndpoint(env));
    expect([code, told]).toEqual(['engine-refused', message]);
  });
});
