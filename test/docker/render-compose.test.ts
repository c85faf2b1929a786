import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { composeScalar } from '../../src/render/compose-scalar.ts';
import { rows } from './support/breadth.ts';
import { provideCompose, RenderedCluster, runAs, thisUser } from './support/rendered.ts';
import { docker, inspect, rmsx, rmsxJson } from './support/run.ts';

const image = 'redis:8.0';
const nobody = { uid: 65_534 };

let cluster: RenderedCluster | undefined;
let directory: string | undefined;

beforeAll(async () => {
  expect(await provideCompose()).toMatchObject({ code: 0 });
});
afterEach(async () => {
  await cluster?.remove();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  cluster = undefined;
  directory = undefined;
});

describe('docker compose config', () => {
  test.each([
    ['123', '1:1e3', '<+03>-3'],
    ['no', 'no:0x1f', 'Europe/Berlin'],
    ['1e3', 'registry.example:5000/on/off:1_0', 'UTC'],
    ['0-_', `null@sha256:${'1'.repeat(64)}`, ':/etc/localtime'],
  ])('must read a cluster %s of the image %s in the zone %s as it is', async (name, hostile, zone) => {
    directory = mkdtempSync(join(tmpdir(), 'rmsx render $HOME '));
    const request = ['--image', hostile, '--tz', zone, '--topology', 'chain', '--bind', '0.0.0.0'];
    expect(await rmsx(['render', '--out', directory, '-n', name, ...request])).toMatchObject({ code: 0 });
    const read = JSON.parse(
      await docker('compose', '-f', join(directory, 'compose.yaml'), 'config', '--format', 'json'),
    );
    const nodes = ['master', 'slave-1', 'slave-2'];
    expect(Object.keys(read.services)).toEqual(nodes);
    for (const [i, node] of nodes.entries()) {
      expect(read.services[node]).toMatchObject({
        image: hostile,
        container_name: `${name}-${node}`,
        hostname: node,
        command: ['redis-server', '/usr/local/etc/redis/redis.conf'],
        environment: { TZ: zone },
        labels: { 'rmsx.cluster': name, 'rmsx.node': node, 'rmsx.topology': 'chain' },
        networks: { app_net: { ipv4_address: `172.19.0.${10 + i}` } },
        ports: [{ host_ip: '0.0.0.0', target: 6379 + i, published: String(6379 + i) }],
        restart: 'always',
        stop_grace_period: '30s',
        security_opt: ['no-new-privileges'],
        volumes: [
          { type: 'bind', source: join(directory, 'nodes', node).replaceAll('$', '$$$$'), bind: { selinux: 'z' } },
          { type: 'volume', source: `${node}-data`, target: '/data' },
        ],
      });
      expect(String(read.services[node].sysctls['net.core.somaxconn'])).toBe('511');
      expect(read.services[node]).not.toHaveProperty('depends_on');
      expect(read.volumes[`${node}-data`]).toMatchObject({
        name: `${name}_${node}-data`,
        labels: { 'rmsx.cluster': name, 'rmsx.node': node, 'rmsx.purpose': 'data', 'rmsx.image': hostile },
      });
    }
    expect([read.name, Object.keys(read.networks)]).toEqual([name, ['app_net']]);
    expect(read.networks.app_net).toMatchObject({
      name: `${name}_app_net`,
      driver: 'bridge',
      labels: { 'rmsx.cluster': name },
      ipam: { config: [{ subnet: '172.19.0.0/24', ip_range: '172.19.0.240/28', gateway: '172.19.0.1' }] },
    });
  });

  test('must read every scalar as the text that it was', async () => {
    directory = mkdtempSync(join(tmpdir(), 'rmsx-scalars-'));
    const texts = [
      'no',
      '1e3',
      '6379:22',
      `$\{HOME} $x $$ $`,
      'a "b" \\ \'c\'',
      'line\nbreak\t',
      'ä\u{1f511}\u2028',
      '*a',
      '',
    ];
    const lines = texts.map((text, i) => `      l${i}: ${composeScalar(text)}\n`).join('');
    const file = join(directory, 'compose.yaml');
    writeFileSync(file, `name: x\nservices:\n  a:\n    image: a\n    labels:\n${lines}`);
    const { services } = JSON.parse(await docker('compose', '-f', file, 'config', '--format', 'json'));
    // What it prints is a compose file again, dollars doubled.
    const expected = texts.map((text, i) => [`l${i}`, text.replaceAll('$', '$$$$')]);
    expect(services.a.labels).toEqual(Object.fromEntries(expected));
  });
});

describe('docker compose up', () => {
  // Only root can be somebody else.
  const other = thisUser.uid === 0 ? 1000 : thisUser.uid;

  test.each(
    rows<readonly [number, string]>(
      [
        [thisUser.uid, '022'],
        [other, '077'],
      ],
      [
        [thisUser.uid, '077'],
        [other, '022'],
      ],
    ),
  )(
    'must bring up what uid %i rendered under the umask %s, and others must not read the password',
    async (uid, umask) => {
      cluster = new RenderedCluster(uid);
      expect(await cluster.render({ uid, umask }, '--image', image, '--replicas', '1')).toMatchObject({ code: 0 });
      const [compose, conf] = ['compose.yaml', 'nodes/master/redis.conf'].map((path) => join(cluster?.out ?? '', path));
      await cluster.compose('up', '-d', '--pull', 'never');
      const { nodes } = await cluster.healthy();
      expect(nodes.map(({ name, role, link }) => [name, role, link])).toEqual([
        ['master', 'master', null],
        ['slave-1', 'replica', 'up'],
      ]);
      expect(await runAs({ uid }, ['cat', conf ?? ''])).toMatchObject({ code: 0 });
      expect((statSync(join(cluster.out, 'nodes')).mode & 0o777).toString(8)).toBe('700');
      await expectToStayOf(uid, cluster);
      if (thisUser.uid !== 0) return;
      expect(await runAs(nobody, ['cat', compose ?? ''])).toMatchObject({ code: 0 });
      const refused = await runAs(nobody, ['cat', conf ?? '']);
      expect([refused.code, refused.stdout, refused.stderr]).toEqual([
        1,
        '',
        expect.stringContaining('Permission denied'),
      ]);
    },
  );

  /** A promotion writes into the directories of whoever rendered them, who must be able to go on with them. */
  async function expectToStayOf(uid: number, rendered: RenderedCluster): Promise<void> {
    const { name, out } = rendered;
    await docker('kill', `${name}-master`);
    const { code, stderr } = await rmsx(['promote', 'slave-1', '-n', name]);
    expect([code, stderr]).toEqual([0, stderr]);
    for (const node of ['master', 'slave-1'])
      expect([node, statSync(join(out, 'nodes', node)).uid]).toEqual([node, uid]);
    const again = await rendered.render({ uid }, '--set', 'maxclients=500');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nodes/master/redis.conf') });
    expect(readFileSync(join(out, 'nodes/slave-1/role.conf'), 'utf8')).toContain('replicaof no one');
  }

  test('must refuse to start a node whose conf is not there, and not make its directory', async () => {
    cluster = new RenderedCluster();
    expect(await cluster.render({ uid: thisUser.uid }, '--image', image, '--replicas', '1')).toMatchObject({ code: 0 });
    const conf = join(cluster.out, 'nodes/slave-1');
    rmSync(conf, { recursive: true });
    await expect(cluster.compose('up', '-d', '--pull', 'never')).rejects.toThrow('bind source path does not exist');
    expect(existsSync(conf)).toBe(false);
  });

  test('must leave owner and mode of the files alone, also with an entrypoint that takes over a lone conf', async () => {
    cluster = new RenderedCluster();
    const { out } = cluster;
    const taking = await cluster.imageThatTakesOver(image);
    await cluster.render(thisUser, '--image', taking, '--replicas', '1');
    const owners = (...paths: readonly string[]) =>
      paths.map((path) => {
        const { uid, gid, mode } = statSync(join(out, path));
        return `${path} ${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
      });
    const files = ['master', 'slave-1'].flatMap((node) => ['', '/redis.conf', '/role.conf'].map((of) => node + of));
    const before = owners(...files.map((file) => `nodes/${file}`));
    await cluster.compose('up', '-d', '--pull', 'never');
    await cluster.healthy();
    await cluster.compose('restart', '--timeout', '5');
    await cluster.healthy();
    expect(owners(...files.map((file) => `nodes/${file}`))).toEqual(before);

    // The same entrypoint does take over a conf with nothing beside it.
    mkdirSync(join(out, 'lone'));
    writeFileSync(join(out, 'lone/redis.conf'), '');
    const lone = owners('lone/redis.conf');
    const mount = ['-v', `${join(out, 'lone')}:/lone`];
    await docker('run', '--rm', '--network', 'none', ...mount, taking, 'cat', '/lone/redis.conf');
    expect(owners('lone/redis.conf')).not.toEqual(lone);
  });

  test('must make what rmsx itself makes', async () => {
    cluster = new RenderedCluster();
    await cluster.render(thisUser, '--image', image, '--replicas', '1', '--ephemeral', '--tz', 'Asia/Shanghai');
    await cluster.compose('up', '-d', '--pull', 'never');
    const { nodes } = await cluster.healthy();
    const made = await inspect(`${cluster.name}-slave-1`);
    const port = nodes[1]?.port;
    expect(made.HostConfig).toMatchObject({
      RestartPolicy: { Name: 'no' },
      Sysctls: { 'net.core.somaxconn': '511' },
      SecurityOpt: ['no-new-privileges'],
      PortBindings: { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
      Tmpfs: { '/data': 'mode=1777' },
    });
    expect(made.Config).toMatchObject({
      Hostname: 'slave-1',
      Cmd: ['redis-server', '/usr/local/etc/redis/redis.conf'],
      Env: expect.arrayContaining(['TZ=Asia/Shanghai']),
      StopTimeout: 30,
      Labels: { 'rmsx.cluster': cluster.name, 'rmsx.node': 'slave-1', 'rmsx.topology': 'star' },
    });
    expect(made.Config.Labels).not.toHaveProperty('rmsx.run');
    const network = made.NetworkSettings.Networks[`${cluster.name}_app_net`];
    expect(network).toMatchObject({ IPAddress: nodes[1]?.ip, Aliases: expect.arrayContaining(['slave-1']) });
    const password = /^requirepass (.+)$/m.exec(
      readFileSync(join(cluster.out, 'nodes/master/redis.conf'), 'utf8'),
    )?.[1];
    expect(JSON.stringify(made)).not.toContain(password);
  });

  test('must bring the roles of a promotion back, and rmsx render must not undo them', async () => {
    cluster = new RenderedCluster();
    const flags = ['--image', image, '--replicas', '2'];
    await cluster.render(thisUser, ...flags);
    await cluster.compose('up', '-d', '--pull', 'never');
    await cluster.healthy();
    expect(await cluster.redis('master', 'set', 'key', 'value')).toBe('OK');
    expect(await cluster.redis('master', 'wait', '2', '10000')).toBe('2');
    await docker('kill', `${cluster.name}-master`);
    expect(await rmsxJson(['promote', 'slave-1', '-n', cluster.name])).toMatchObject({ incomplete: [] });
    await cluster.compose('down', '--timeout', '5');
    await cluster.compose('up', '-d', '--pull', 'never');
    const status = await cluster.healthy();
    expect([status.cluster.master, status.nodes.map(({ source }) => source)]).toEqual([
      'slave-1',
      ['slave-1', null, 'slave-1'],
    ]);
    for (const node of ['master', 'slave-1', 'slave-2']) expect(await cluster.redis(node, 'get', 'key')).toBe('value');
    const composeFile = join(cluster.out, 'compose.yaml');
    const before = readFileSync(composeFile, 'utf8');
    expect(await cluster.render(thisUser, ...flags)).toMatchObject({ code: 0 });
    expect(readFileSync(composeFile, 'utf8')).toBe(before); // Compose has nothing to replace
    // Another node and another conf: everybody is replaced, and nobody forgets who the master is.
    expect(await cluster.render(thisUser, '--replicas', '3', '--set', 'maxclients=555')).toMatchObject({ code: 0 });
    await cluster.compose('up', '-d', '--pull', 'never', '--remove-orphans');
    const grown = await cluster.healthy();
    expect([grown.cluster.master, grown.nodes.map(({ source }) => source)]).toEqual([
      'slave-1',
      ['slave-1', null, 'slave-1', 'slave-1'],
    ]);
    for (const { name } of grown.nodes) {
      expect(await cluster.redis(name, 'get', 'key')).toBe('value');
      expect(await cluster.redis(name, 'config', 'get', 'maxclients')).toBe('maxclients\n555');
    }
  });
});
