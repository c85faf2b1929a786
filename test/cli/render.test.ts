import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contents, documentOf } from '../helpers/rendered-files.ts';
import { type Run, runInShell, runRmsx } from '../helpers/run-rmsx.ts';

const password = 'top secret "$x"';
const env = { RMSX_PASSWORD: password };

let work = '';
let out = '';

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'rmsx-render-'));
  out = join(work, 'demo');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** Renders into `out`, with the password. */
const render = (...flags: readonly string[]): Promise<Run> =>
  runRmsx(['render', '--out', out, '-n', 'demo', ...flags], { env });

/** Mode and path of everything below a directory, and of itself. */
function modes(directory: string): readonly string[] {
  const below = readdirSync(directory, { recursive: true }).map(String).sort();
  return ['', ...below].map((path) => `${(statSync(join(directory, path)).mode & 0o7777).toString(8)} ${path}`);
}

const stateOf = (run: Run, path: string): string | undefined =>
  documentOf(run).files.find((file) => file.path === path)?.state;

describe('rmsx render', () => {
  test('must write a cluster without any engine, and say what comes next', async () => {
    const { code, stdout, stderr } = await render('--replicas', '1');
    expect([code, stderr]).toEqual([0, `next: docker compose -f ${out}/compose.yaml up -d\n`]);
    expect(stdout).toBe(
      [
        'compose.yaml',
        'README.md',
        'nodes/.gitignore',
        ...['master', 'slave-1'].flatMap((node) =>
          ['redis.conf', 'role.conf', 'rmsx.json'].map((file) => `nodes/${node}/${file}`),
        ),
      ]
        .map((path) => `written    ${out}/${path}\n`)
        .join(''),
    );
  });

  test('must render into a directory of the name of the cluster', async () => {
    const run = await runInShell('cd "$DIR" && "$@"', ['render', '-n', 'demo', '--json'], {
      env: { ...env, DIR: work },
    });
    expect(documentOf(run)).toMatchObject({ out: './demo', password: 'given', changed: true });
    expect(readdirSync(work)).toEqual(['demo']);
  });

  test('must give the same bytes twice, and say that nothing changed', async () => {
    documentOf(await render('--json'));
    const before = contents(out);
    const again = documentOf(await render('--json'));
    expect([again.changed, new Set(again.files.map(({ state }) => state))]).toEqual([false, new Set(['unchanged'])]);
    expect(contents(out)).toEqual(before);
  });

  test('must give the same bytes in another directory, another time zone and another language', async () => {
    const flags = ['--subnet', 'auto', '--base-port', 'auto', '--topology', 'tree', '--replicas', '4', '--json'];
    documentOf(await render(...flags));
    const other = join(work, 'other place');
    const options = { env: { ...env, TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8' } };
    documentOf(await runRmsx(['render', '--out', other, '-n', 'demo', ...flags], options));
    expect(contents(other)).toEqual(contents(out));
    expect(readFileSync(join(out, 'compose.yaml'), 'utf8')).toContain('TZ: "UTC"');
  });

  test('must keep the password of an earlier run, and say where a new one is, never which', async () => {
    const args = ['render', '--out', out, '-n', 'demo'];
    const first = await runRmsx(args);
    const before = contents(out);
    const [, generated = ''] = /^requirepass (\S+)$/m.exec(before['nodes/master/redis.conf'] ?? '') ?? [];
    expect(first.stderr).toContain(`a password was generated; it is in ${out}/nodes`);
    expect(generated).toMatch(/^[\w-]{32}$/);
    const second = await runRmsx([...args, '--json']);
    expect(documentOf(second).password).toBe('kept');
    expect(contents(out)).toEqual(before);
    const told = [
      first.stdout,
      first.stderr,
      second.stdout,
      second.stderr,
      before['compose.yaml'],
      before['README.md'],
    ];
    expect(told.join('\n')).not.toContain(generated);
  });

  test('must have the password in redis.conf and nowhere else', async () => {
    const { stdout, stderr } = await render('--json', '-v');
    const { 'nodes/master/redis.conf': conf, ...others } = contents(out);
    expect(conf).toContain('requirepass "top secret \\"$x\\""');
    const told = Object.entries(others).filter(
      ([path, text]) => !path.endsWith('redis.conf') && text.includes('top secret'),
    );
    expect([told, stdout.includes('top secret'), stderr]).toEqual([
      [],
      false,
      expect.not.stringContaining('top secret'),
    ]);
  });

  test.each(['000', '022', '027', '077'])('must set the modes whatever the umask: %s', async (umask) => {
    const run = await runInShell(`umask ${umask}; "$@"`, ['render', '--out', out, '--replicas', '0', '--json'], {
      env,
    });
    documentOf(run);
    expect(modes(out)).toEqual([
      '755 ',
      '644 README.md',
      '644 compose.yaml',
      '700 nodes',
      '644 nodes/.gitignore',
      '600 nodes/.manifest.json',
      '755 nodes/master',
      '644 nodes/master/redis.conf',
      '644 nodes/master/rmsx.json',
      '644 nodes/master/role.conf',
    ]);
  });

  test('must leave the mode of a directory that is there, and close nodes/ again', async () => {
    mkdirSync(join(out, 'nodes'), { recursive: true, mode: 0o777 });
    chmodSync(out, 0o750);
    documentOf(await render('--json'));
    expect(modes(out).slice(0, 4)).toEqual(['750 ', '644 README.md', '644 compose.yaml', '700 nodes']);
  });

  test('must set the modes of files that are as they should be, too', async () => {
    await render();
    chmodSync(join(out, 'nodes/master/redis.conf'), 0o600);
    expect(documentOf(await render('--json')).changed).toBe(false);
    expect(modes(out)).toContain('644 nodes/master/redis.conf');
  });

  test('must stamp a role with its epoch, by which rmsx finds the latest change without reading', async () => {
    await render();
    expect(statSync(join(out, 'nodes/slave-1/role.conf')).mtimeMs).toBe(1_000);
  });

  test('must do nothing in a dry run', async () => {
    const { files } = documentOf(await render('--dry-run', '--json'));
    expect([new Set(files.map(({ state }) => state)), readdirSync(work)]).toEqual([new Set(['would-write']), []]);
    expect((await render('--dry-run')).stdout.split('\n')[0]).toBe(`would write   ${out}/compose.yaml`);
    documentOf(await render('--json'));
    const states = documentOf(await render('--dry-run', '--replicas', '1', '--json')).files.map(({ state }) => state);
    expect([...new Set(states)].sort()).toEqual(['unchanged', 'would-remove', 'would-write']);
  });

  test('must load nothing that speaks to an engine or to Redis', async () => {
    const traces = join(work, 'coverage');
    documentOf(await runRmsx(['render', '--out', out, '--json'], { env: { ...env, NODE_V8_COVERAGE: traces } }));
    const loaded = readdirSync(traces)
      .map((name) => readFileSync(join(traces, name), 'utf8'))
      .join('');
    expect(loaded).toContain('/node_modules/mustache/');
    expect(loaded).not.toMatch(/node_modules\/(dockerode|docker-modem|ioredis|ora)\//);
  });

  test('--help must print its flags', async () => {
    const { code, stdout, stderr } = await runRmsx(['render', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot('help/render.txt');
  });

  test('must tell every problem of a request, and write nothing', async () => {
    const { code, stderr } = await render('--replicas', 'x', '--subnet', 'nonsense', '--set', 'prot=1');
    expect([code, readdirSync(work)]).toEqual([2, []]);
    for (const flag of ['--replicas', '--subnet', 'prot']) expect(stderr).toContain(flag);
  });
});

describe('rendering again into the same directory', () => {
  test('must keep what is not given', async () => {
    documentOf(
      await render('--topology', 'chain', '--replicas', '3', '--base-port', '7000', '--set', 'hz=20', '--json'),
    );
    const before = contents(out);
    const again = documentOf(await runRmsx(['render', '--out', out, '-n', 'demo', '--json']));
    expect([again.changed, again.password, contents(out)]).toEqual([false, 'kept', before]);
    documentOf(await render('--replicas', '4', '--json'));
    expect(contents(out)['nodes/slave-4/role.conf']).toContain('replicaof 172.19.0.13 7003');
    expect(contents(out)['nodes/slave-1/redis.conf']).toBe(before['nodes/slave-1/redis.conf']);
  });

  test('must take nodes away that are not wanted any more, and say what Compose needs to know', async () => {
    documentOf(await render('--replicas', '3', '--json'));
    const { code, stderr } = await render('--replicas', '1');
    expect([code, stderr]).toEqual([0, expect.stringContaining('up -d --remove-orphans\n')]);
    expect(readdirSync(join(out, 'nodes')).sort()).toEqual(['.gitignore', '.manifest.json', 'master', 'slave-1']);
  });

  test('must say that another password needs all containers anew', async () => {
    documentOf(await render('--json'));
    const { stderr } = await runRmsx(['render', '--out', out, '-n', 'demo'], { env: { RMSX_PASSWORD: 'another one' } });
    expect(stderr).toContain('up -d --remove-orphans --force-recreate\n');
  });

  test('must tell Compose of a changed conf by a label, and of nothing else', async () => {
    const labels = (): readonly string[] =>
      [...(contents(out)['compose.yaml'] ?? '').matchAll(/rmsx.conf: "(.*)"/g)].map(([, hash]) => hash ?? '');
    documentOf(await render('--replicas', '1', '--json'));
    const before = labels();
    expect(before).toHaveLength(2);
    documentOf(
      await runRmsx(['render', '--out', out, '-n', 'demo', '--json'], { env: { RMSX_PASSWORD: 'another one' } }),
    );
    expect(labels()).toEqual(before);
    documentOf(await render('--set', 'maxclients=555', '--json'));
    expect(labels().some((hash) => before.includes(hash))).toBe(false);
  });

  test.each([250, 350, 450])('must finish what was killed after %i ms, and leave nothing of it', async (timeoutMs) => {
    const args = ['render', '--out', out, '-n', 'demo', '--replicas', '200'];
    expect((await runRmsx(args, { env, timeoutMs })).code).toBe(null);
    documentOf(await runRmsx([...args, '--json'], { env }));
    const names = Object.keys(contents(out));
    expect([names.length, names.filter((name) => /\.(tmp|orig)$/.test(name))]).toEqual([4 + 201 * 3, []]);
  });

  test('must clean up what a run that was killed left behind', async () => {
    documentOf(await render('--json'));
    writeFileSync(join(out, 'nodes/master/.rmsx-999999999-0123456789ab.tmp'), 'secret');
    writeFileSync(join(out, `nodes/master/.rmsx-${process.pid}-0123456789ab.tmp`), 'of one that runs');
    documentOf(await render('--json'));
    expect(readdirSync(join(out, 'nodes/master')).filter((name) => name.endsWith('.tmp'))).toEqual([
      `.rmsx-${process.pid}-0123456789ab.tmp`,
    ]);
  });
});

describe('files that somebody changed', () => {
  test('must be refused, all of them by name, and nothing be written', async () => {
    await render();
    appendFileSync(join(out, 'nodes/slave-1/redis.conf'), 'maxclients 5\n');
    appendFileSync(join(out, 'nodes/slave-2/role.conf'), '# by hand\n');
    const before = contents(out);
    const { code, stderr } = await render('--image', 'redis:7.0', '--set', 'maxclients=7');
    expect([code, stderr]).toEqual([
      5,
      [
        `rmsx: Nothing was written: ${out} has files that would be lost.`,
        '  - nodes/slave-1/redis.conf was changed since it was rendered',
        '  - nodes/slave-2/role.conf was changed since it was rendered',
        'hint: Render to another directory: --out DIR   or replace them, each is kept as FILE.orig: --force\n',
      ].join('\n'),
    ]);
    expect(contents(out)).toEqual(before);
  });

  test('must be kept as .orig with --force', async () => {
    await render();
    const path = join(out, 'nodes/slave-1/redis.conf');
    const rendered = readFileSync(path, 'utf8');
    writeFileSync(path, 'mine\n');
    expect(stateOf(await render('--force', '--json'), 'nodes/slave-1/redis.conf')).toBe('written');
    expect([readFileSync(path, 'utf8'), readFileSync(`${path}.orig`, 'utf8')]).toEqual([rendered, 'mine\n']);
    expect(readdirSync(out).filter((name) => name.endsWith('.orig'))).toEqual([]);
  });

  test('must be refused where rmsx did not render them, unless they are what it would write', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'compose.yaml'), 'services: {}\n');
    const { code, stderr } = await render();
    expect([code, stderr.split('\n')[1]]).toEqual([5, '  - compose.yaml is there, and rmsx did not render it']);
    expect(readdirSync(out)).toEqual(['compose.yaml']);
    documentOf(await render('--force', '--json'));
    rmSync(join(out, 'nodes/.manifest.json'));
    expect(documentOf(await render('--json')).changed).toBe(false);
  });

  test('must be replaced without a word where nobody changed them', async () => {
    await render();
    const run = await render('--set', 'maxclients=7', '--json');
    expect(stateOf(run, 'nodes/master/redis.conf')).toBe('written');
    expect(contents(out)['nodes/master/redis.conf']).toContain('\nmaxclients 7\n');
    expect(Object.keys(contents(out)).filter((path) => path.endsWith('.orig'))).toEqual([]);
  });

  test('of a node that is not wanted any more must be kept, and the others removed', async () => {
    await render('--replicas', '3');
    appendFileSync(join(out, 'nodes/slave-3/redis.conf'), '# mine\n');
    const { files } = documentOf(await render('--replicas', '1', '--json'));
    expect(files.filter(({ path }) => /slave-[23]/.test(path))).toEqual([
      { path: 'nodes/slave-2/redis.conf', mode: null, state: 'removed' },
      { path: 'nodes/slave-2/rmsx.json', mode: null, state: 'removed' },
      { path: 'nodes/slave-2/role.conf', mode: null, state: 'removed' },
      { path: 'nodes/slave-3/redis.conf', mode: null, state: 'kept' },
      { path: 'nodes/slave-3/rmsx.json', mode: null, state: 'removed' },
      { path: 'nodes/slave-3/role.conf', mode: null, state: 'removed' },
    ]);
    expect(readdirSync(join(out, 'nodes')).sort()).toEqual([
      '.gitignore',
      '.manifest.json',
      'master',
      'slave-1',
      'slave-3',
    ]);
    expect(readdirSync(join(out, 'nodes/slave-3'))).toEqual(['redis.conf']);
    expect(stateOf(await render('--replicas', '1', '--json'), 'nodes/slave-3/redis.conf')).toBe('kept');
  });
});

describe('a symbolic link', () => {
  test.each([
    ['compose.yaml', 'file'],
    ['nodes/master/redis.conf', 'file'],
    ['nodes/.manifest.json', 'file'],
    ['nodes/master', 'dir'],
    ['nodes', 'dir'],
  ])('in the place of %s must be refused, with --force too', async (path, kind) => {
    const target = join(work, 'target');
    if (kind === 'dir') mkdirSync(target);
    else writeFileSync(target, 'untouched');
    mkdirSync(join(out, path, '..'), { recursive: true });
    symlinkSync(target, join(out, path));
    for (const flags of [[], ['--force']]) {
      const { code, stderr } = await render(...flags);
      expect([code, stderr.split('\n')[0]]).toEqual([
        5,
        `rmsx: ${join(out, path)} is a symbolic link, which is never followed.`,
      ]);
    }
    expect(kind === 'dir' ? readdirSync(target) : readFileSync(target, 'utf8')).toEqual(
      kind === 'dir' ? [] : 'untouched',
    );
  });

  test('may lead to the directory itself', async () => {
    mkdirSync(join(work, 'real'));
    symlinkSync(join(work, 'real'), out);
    documentOf(await render('--json'));
    expect(readdirSync(join(work, 'real')).sort()).toEqual(['README.md', 'compose.yaml', 'nodes']);
  });
});

describe('a disk that refuses', () => {
  test('must leave nothing half done: no file is in its place, and nothing lies around', async () => {
    // The limit is met by redis.conf, when other files are written beside their places already.
    const templates = mkdtempSync(join(tmpdir(), 'rmsx-templates-'));
    const packaged = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
    writeFileSync(join(templates, 'redis.conf'), `# ${'long '.repeat(4_000)}\n${packaged}`);
    const args = ['render', '--out', out, '--templates', templates];
    const { code, stderr } = await runInShell('ulimit -f 16; "$@"', args, { env });
    rmSync(templates, { recursive: true });
    const message = `rmsx: ${out}/nodes/master/redis.conf cannot be read or written (EFBIG).`;
    expect([code, stderr.split('\n')[0]]).toEqual([1, message]);
    expect(readdirSync(work)).toEqual([]);
  });

  test('must be told where something else is in the place of a directory', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'nodes'), 'a file');
    const { code, stderr } = await render();
    expect([code, stderr.split('\n')[0]]).toEqual([5, `rmsx: ${out}/nodes is not a directory.`]);
    expect(readdirSync(out)).toEqual(['nodes']);
  });

  test('must be told with path and reason where the directory is a file', async () => {
    writeFileSync(out, '');
    const { code, stderr } = await render();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${out}/nodes`)]);
  });
});
