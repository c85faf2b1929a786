import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Headers, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { packDirectories, unpackFiles } from '../../../src/engine/archive.ts';

const owner = { uid: 999, gid: 1000 };
const files = [
  { name: 'redis.conf', content: 'requirepass "x"\n# ä€\n', mode: 0o600 },
  { name: 'role.conf', content: '', mode: 0o644 },
];

async function headers(archive: Buffer): Promise<readonly Headers[]> {
  const found: Headers[] = [];
  const reader = extract();
  reader.on('entry', (header, entry, next) => {
    found.push(header);
    entry.on('end', next).resume();
  });
  await pipeline(Readable.from([archive]), reader);
  return found;
}

test('files must come back as they were packed', async () => {
  const archive = await packDirectories([{ path: '/conf', files }], owner);
  expect([...(await unpackFiles(Readable.from([archive])))]).toEqual(files.map(({ name, content }) => [name, content]));
});

test('an archive that comes in single bytes must be read alike', async () => {
  const archive = await packDirectories([{ path: '/conf', files }], owner);
  const bytes = Readable.from([...archive].map((byte) => Buffer.from([byte])));
  expect((await unpackFiles(bytes)).get('redis.conf')).toBe('requirepass "x"\n# ä€\n');
});

test('files must belong to the server, with their own permissions, below a directory that everybody can enter', async () => {
  const found = await headers(await packDirectories([{ path: '/usr/local/etc/redis', files }], owner));
  expect(
    found.map(({ name, mode, uid, gid, type }) => `${type} ${mode?.toString(8)} ${uid}:${gid} ${name}`),
  ).toMatchInlineSnapshot(`
    [
      "file 600 999:1000 usr/local/etc/redis/redis.conf",
      "file 644 999:1000 usr/local/etc/redis/role.conf",
      "directory 755 0:0 usr/local/etc/redis/",
    ]
  `);
});

test('a lone file must be found under its own name', async () => {
  const archive = pack();
  archive.entry({ name: 'passwd' }, 'redis:x:999:999::/:/bin/sh\n');
  archive.finalize();
  expect([...(await unpackFiles(archive))]).toEqual([['passwd', 'redis:x:999:999::/:/bin/sh\n']]);
});

test('what is no regular file must be left out', async () => {
  const archive = pack();
  archive.entry({ name: 'conf/', type: 'directory' });
  archive.entry({ name: 'conf/link', type: 'symlink', linkname: '/etc/shadow' });
  archive.entry({ name: 'conf/a/b' }, 'deep');
  archive.finalize();
  expect([...(await unpackFiles(archive))]).toEqual([['a/b', 'deep']]);
});

test('an archive that is cut short must be an error, not a few files', async () => {
  const archive = await packDirectories([{ path: '/conf', files }], owner);
  await expect(unpackFiles(Readable.from([archive.subarray(0, 520)]))).rejects.toThrow();
});

test('a stream that breaks must be an error', async () => {
  const broken = new Readable({ read: () => undefined });
  const unpacked = unpackFiles(broken);
  broken.destroy(new Error('the engine is gone'));
  await expect(unpacked).rejects.toThrow('the engine is gone');
});
