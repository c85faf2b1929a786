import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type EnvFormat, renderEnv } from '../../../src/render/env-text.ts';
import { errorOf } from '../../helpers/error-of.ts';

const hostile = [
  'plain',
  '',
  'two words',
  ' leading and trailing ',
  "it's",
  'say "hi"',
  `both ' and "`,
  'a#b # c',
  `$HOME \${HOME} $(id) \`id\``,
  'back\\slash \\n \\\\',
  '-n -e --',
  'a=b&c;d|e>f<g*h?i[j]~!',
  'ä€\u{1f511}\u202e',
  '%s %d',
  "'",
  "''",
];

describe('a shell that evaluates the text', () => {
  test.each(hostile)('must get %j as it is', (value) => {
    const script = 'eval "$1"; printf "%s" "$REDIS_PASSWORD"';
    const text = renderEnv({ REDIS_PASSWORD: value, REDIS_PORT: '6379' }, 'shell');
    const shell = spawnSync('sh', ['-c', script, 'sh', text], { encoding: 'utf8', env: { PATH: process.env.PATH } });
    expect([shell.stdout, shell.stderr, shell.status]).toEqual([value, '', 0]);
  });

  test('must pass the values on to its children', () => {
    const script = 'eval "$1"; sh -c \'printf %s "$A"\'';
    const shell = spawnSync('sh', ['-c', script, 'sh', renderEnv({ A: 'x y' }, 'shell')], { encoding: 'utf8' });
    expect(shell.stdout).toBe('x y');
  });
});

describe('a shell that sources the dotenv text', () => {
  test.each(hostile.filter((value) => !value.includes("'")))('must get %j as it is', (value) => {
    const text = renderEnv({ A: value }, 'dotenv');
    const shell = spawnSync('sh', ['-c', 'eval "$1"; printf "%s" "$A"', 'sh', text], { encoding: 'utf8' });
    expect([shell.stdout, shell.stderr]).toEqual([value, '']);
  });
});

describe('every format', () => {
  const variables = { REDIS_URL: 'redis://:a%20b@127.0.0.1:6379', REDIS_PASSWORD: 'a b', EMPTY: '' };
  test.each<[EnvFormat, string]>([
    ['shell', "export REDIS_URL=redis://:a%20b@127.0.0.1:6379\nexport REDIS_PASSWORD='a b'\nexport EMPTY=''\n"],
    ['dotenv', "REDIS_URL=redis://:a%20b@127.0.0.1:6379\nREDIS_PASSWORD='a b'\nEMPTY=\n"],
    ['github', 'REDIS_URL=redis://:a%20b@127.0.0.1:6379\nREDIS_PASSWORD=a b\nEMPTY=\n'],
  ])('%s', (format, text) => {
    expect(renderEnv(variables, format)).toBe(text);
  });

  test.each([
    ["it's", "A=`it's`\n"],
    ["it's `x`", 'A="it\'s `x`"\n'],
  ])('dotenv must find quotes that %s does not hold', (value, text) => {
    expect(renderEnv({ A: value }, 'dotenv')).toBe(text);
  });

  test('dotenv must refuse what none of its readers agrees on, without printing it', () => {
    expect(errorOf(() => renderEnv({ REDIS_PASSWORD: 'a\'b`c"d' }, 'dotenv'))).toEqual({
      code: 'failed',
      message: 'REDIS_PASSWORD has quotes of every kind, which no dotenv file can hold.',
      hint: 'Use another format: rmsx env --format shell',
      problems: [],
    });
  });
});
