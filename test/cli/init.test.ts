import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseRmsxFile } from '../../src/config/rmsx-file/rmsx-file.ts';
import { checkUpRequest } from '../../src/config/up-request.ts';
import { type Run, runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';

let directory = '';
let file = '';
const template = readFileSync(new URL('../../templates/rmsx.yaml', import.meta.url), 'utf8');

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'rmsx-init-')));
  file = join(directory, 'rmsx.yaml');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs `rmsx init` in the directory of the test. */
const init = (...args: readonly string[]): Promise<Run> =>
  runInShell('cd "$DIRECTORY" && umask 022 && exec "$@"', ['init', ...args], { env: { DIRECTORY: directory } });

/** What a text asks for; it has to be sound. */
function sound(text: string) {
  const { name = '', request, problems } = parseRmsxFile(text, 'rmsx.yaml');
  expect([problems, checkUpRequest({ ...request, name })]).toEqual([[], []]);
  return { ...request, name };
}

test('init --help must print its flags', async () => {
  const { code, stdout, stderr } = await runRmsx(['init', '--help']);
  expect([code, stderr]).toEqual([0, '']);
  await expect(stdout).toMatchFileSnapshot('help/init.txt');
});

describe('init', () => {
  test('must write the template as it is, for everybody to read, and leave nothing else', async () => {
    const { code, stdout, stderr } = await init();
    expect([code, stdout, stderr]).toEqual([0, '', 'rmsx.yaml is written; next: rmsx up\n']);
    expect(readFileSync(file, 'utf8')).toBe(template);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['rmsx.yaml']);
  });

  test('must take what it is given into the text', async () => {
    await init('-n', 'no', '--replicas', '3', '--topology', 'tree', '--image', 'valkey/valkey:8.1', '--out', 'x.yaml');
    const text = readFileSync(join(directory, 'x.yaml'), 'utf8');
    expect(sound(text)).toMatchObject({ name: 'no', replicas: 3, topology: 'tree', image: 'valkey/valkey:8.1' });
    expect(text).toContain('\nname: "no"\n');
    expect(text.split('\n').length).toBe(template.split('\n').length);
  });

  test.each(['12', '0x1f', '1e3', 'true', 'null', '1_0', 'y'])(
    'a cluster called %s must be called that',
    async (name) => {
      const { stdout } = await init('--out', '-', `--name=${name}`);
      expect(sound(stdout).name).toBe(name);
    },
  );

  test.each([0, 1, 3])('a custom cluster with %i replicas must be sound', async (replicas) => {
    const { stdout } = await init('--out', '-', '--topology', 'custom', '--replicas', String(replicas));
    const { nodes = {} } = sound(stdout);
    expect(Object.values(nodes).map(({ source }) => source)).toEqual(Array(replicas).fill('master'));
  });

  test('--out - must print it, and write nothing', async () => {
    const { code, stdout, stderr } = await init('--out', '-');
    expect([code, stdout, stderr]).toEqual([0, template, '']);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('with --json it must say what it did, or would write', async () => {
    const printed = JSON.parse((await init('--json', '--out', '-')).stdout);
    const written = JSON.parse((await init('--json')).stdout);
    assertValid('init', printed);
    assertValid('init', written);
    expect(printed).toEqual({ schemaVersion: 1, file: null, written: false, text: template });
    expect(written).toEqual({ schemaVersion: 1, file: 'rmsx.yaml', written: true, text: null });
  });

  test('everything that is wrong must be told at once, and nothing be written', async () => {
    const { code, stderr } = await init('--replicas', '300', '--image', 'A', '--topology', 'ring', '-n', 'B');
    expect(code).toBe(2);
    expect(stderr).toContain('--name: "B" is not the name of a cluster');
    expect(stderr).toContain('--topology: "ring" is not one of star, chain, tree, custom');
    expect(stderr).toContain('--replicas: 300 do not fit into 172.19.0.0/24');
    expect(stderr).toContain('--image: "A" is not the name of an image');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('what is there already', () => {
  test('a file must not be overwritten, exit 5, and must be with --force', async () => {
    writeFileSync(file, 'name: mine\n');
    const refused = await init();
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([
      5,
      '',
      'rmsx: rmsx.yaml is there already.\nhint: Replace it with --force.\n',
    ]);
    expect(readFileSync(file, 'utf8')).toBe('name: mine\n');
    const forced = await init('--force', '-n', 'other');
    expect([forced.code, sound(readFileSync(file, 'utf8')).name]).toEqual([0, 'other']);
    expect(readdirSync(directory)).toEqual(['rmsx.yaml']);
  });

  test.each([[[]], [['--force']]])('a symbolic link must never be followed or replaced: %j', async (flags) => {
    const target = join(directory, 'precious');
    writeFileSync(target, 'mine\n');
    symlinkSync(target, join(directory, 'a.yaml'));
    symlinkSync(join(directory, 'nowhere'), join(directory, 'b.yaml'));
    for (const link of ['a.yaml', 'b.yaml']) {
      const { code, stderr } = await init('--out', link, ...flags);
      expect([code, stderr]).toEqual([
        5,
        `rmsx: ${link} is a symbolic link: nothing is written.\nhint: Name another file with --out.\n`,
      ]);
    }
    expect(readFileSync(target, 'utf8')).toBe('mine\n');
    expect(readdirSync(directory).sort()).toEqual(['a.yaml', 'b.yaml', 'precious']);
  });

  test('a directory must be refused', async () => {
    mkdirSync(join(directory, 'x'));
    const { code, stderr } = await init('--out', 'x', '--force');
    expect([code, stderr.split('\n')[0]]).toEqual([5, 'rmsx: x is no file: nothing is written.']);
  });

  test('a directory that is not there must be told', async () => {
    const { code, stderr } = await init('--out', 'x/y.yaml');
    expect([code, stderr]).toEqual([
      1,
      'rmsx: x/y.yaml cannot be written (ENOENT).\nhint: Name another file with --out.\n',
    ]);
  });

  test('a file system that takes no files must be told', async () => {
    const { code, stderr } = await init('--out', '/proc/rmsx.yaml'); // nobody may write there, root neither
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'rmsx: /proc/rmsx.yaml cannot be written (ENOENT).']);
  });
});
