import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows, soakTest } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { loadKeys, missingKeys } from './support/keys.ts';
import { flagsOf, ownPlace } from './support/own-place.ts';
import { docker, eventually, inspect, rmsx, rmsxJson } from './support/run.ts';

const keys = 50;

/** A cluster, and the directory that its files are rendered into. */
class Rendered extends TestCluster {
  directory = '';

  /** Writes the files for Docker Compose. */
  async render(...flags: readonly string[]): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), 'rmsx-compose-'));
    const where = ['--out', this.directory, '-n', this.name, ...flagsOf(ownPlace())];
    await rmsxJson(['render', ...where, '--image', 'redis:7.0', ...flags]);
  }

  /** Runs Docker Compose where the files are. */
  compose(...args: readonly string[]): Promise<string> {
    return docker(
      'compose',
      '--project-directory',
      this.directory,
      '-f',
      join(this.directory, 'compose.yaml'),
      ...args,
    );
  }

  /** What a change would leave its mark on: containers, their starts, networks, volumes, and who follows whom. */
  async everything(): Promise<unknown> {
    const { cluster, nodes } = await this.status();
    const there = nodes.filter(({ state }) => state !== 'missing');
    const starts = await Promise.all(
      there.map(async ({ name }) => {
        const { Id, State } = await inspect(this.container(name));
        return [name, Id, State.StartedAt, State.Running];
      }),
    );
    return [
      cluster.epoch,
      cluster.master,
      starts,
      nodes.map(({ name, role, source }) => [name, role, source]),
      await this.objects(),
    ];
  }

  /** Must be refused with 5, and change nothing. @returns what was said */
  async refused(...args: readonly string[]): Promise<string> {
    const before = await this.everything();
    const result = await rmsx([...args, '-n', this.name]);
    expect([args, result.code, result.stderr]).toEqual([args, 5, expect.stringContaining('Docker Compose owns')]);
    expect(await this.everything()).toEqual(before);
    return result.stderr;
  }

  async healthy(): Promise<void> {
    await eventually('healthy', async () => (await this.status()).cluster.health === 'healthy', 30_000);
  }

  /** @returns node and source of all nodes */
  async sources(): Promise<Readonly<Record<string, string | null>>> {
    return Object.fromEntries((await this.status()).nodes.map(({ name, source }) => [name, source]));
  }

  override async remove(): Promise<void> {
    if (this.directory !== '') {
      await this.compose('down', '--volumes', '--timeout', '2');
      await rm(this.directory, { recursive: true });
    }
    await super.remove();
  }
}

describe('a cluster that Docker Compose started from rendered files', () => {
  const cluster = new Rendered('compose');

  beforeAll(async () => {
    await cluster.render('--replicas', '3');
    await cluster.compose('up', '-d');
    await cluster.healthy();
  });
  afterAll(() => cluster.remove());

  test('must answer to status, env, url and ls', async () => {
    const { cluster: summary, nodes, warnings } = await cluster.status();
    expect(summary).toMatchObject({ name: cluster.name, master: 'master', topology: 'star', epoch: 1 });
    expect(warnings).toEqual([]);
    expect(nodes.map(({ link }) => link)).toEqual([null, 'up', 'up', 'up']);
    const { clusters } = await rmsxJson<{ clusters: { name: string }[] }>(['ls']);
    expect(clusters.find(({ name }) => name === cluster.name)).toMatchObject({ nodes: 4, running: 4 });
    const environment = await rmsxJson<Record<string, string>>(['env', '-n', cluster.name]);
    expect(environment.REDIS_PORT).toBe(String(nodes[0]?.hostPort));
    await loadKeys(cluster, 'master', keys); // through `rmsx url`
    expect(await missingKeys(cluster, ['slave-1', 'slave-2', 'slave-3'], keys)).toEqual([]);
  });

  test('must not change by rmsx up while everything runs', async () => {
    const before = await cluster.everything();
    expect(await rmsxJson(['up', '-n', cluster.name, '--pull', 'never'])).toMatchObject({ changed: false, plan: [] });
    expect(await cluster.everything()).toEqual(before);
  });

  test('must be given no nodes by rmsx and lose none, as Docker Compose owns it', async () => {
    expect(await cluster.refused('add')).toContain('docker compose');
    expect(await cluster.refused('remove', 'slave-3')).toContain('up -d --remove-orphans');
    await docker('rm', '-f', cluster.container('slave-3'));
    expect(await cluster.refused('up', '--pull', 'never')).toContain(
      `docker compose --project-directory ${cluster.directory} up -d`,
    );
    await cluster.compose('up', '-d');
    await cluster.healthy();
  });

  soakTest('must be stopped, started and restarted by rmsx, and never be a leftover', async () => {
    for (const verb of ['stop', 'start', 'restart']) {
      expect(await rmsxJson([verb, '-n', cluster.name])).toMatchObject({ changed: true });
    }
    expect((await cluster.status()).cluster.health).toBe('healthy');
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2', 'slave-3'], keys)).toEqual([]);
    await docker('stop', cluster.container('slave-1'));
    await docker('rm', '-f', cluster.container('slave-2'));
    const found = await rmsxJson(['gc', '-n', cluster.name, '--older-than', '0s']);
    expect(found).toMatchObject({ changed: false, leftovers: [] });
    await cluster.compose('up', '-d');
    await cluster.healthy();
  });

  soakTest('must be moved and promoted, and keep roles and data over restart, and over down and up', async () => {
    const moved = await rmsxJson(['move', 'slave-3', '--source', 'slave-2', '-n', cluster.name]);
    expect(moved).toMatchObject({ resync: { 'slave-3': 'partial' } });
    await docker('kill', cluster.container('master'));
    expect(await rmsxJson(['promote', 'slave-1', '-n', cluster.name])).toMatchObject({ incomplete: [] });
    expect(await (await cluster.client('slave-1')).set('after', 'promotion')).toBe('OK');
    const promoted = { 'slave-1': null, master: 'slave-1', 'slave-2': 'slave-1', 'slave-3': 'slave-2' };
    for (const commands of [[['restart']], [['down'], ['up', '-d']]]) {
      for (const command of commands) await cluster.compose(...command);
      await cluster.healthy();
      expect(await cluster.sources()).toEqual(promoted);
      expect((await cluster.status()).cluster).toMatchObject({ master: 'slave-1' });
      expect(await missingKeys(cluster, Object.keys(promoted), keys)).toEqual([]);
      expect(await (await cluster.client('slave-3')).get('after')).toBe('promotion');
    }
  });

  test('must go by rmsx down except for its data, which is not for rmsx up but for Docker Compose', async () => {
    const { master } = (await cluster.status()).cluster;
    expect(await cluster.rmsx('down')).toMatchObject({ code: 0 });
    const volumes = ['master', 'slave-1', 'slave-2', 'slave-3'];
    const left = await cluster.objects();
    expect(left).toHaveLength(volumes.length);
    expect(await docker('ps', '-aq', '--filter', `name=${cluster.name}`)).toBe('');
    expect(await docker('network', 'ls', '-q', '--filter', `name=${cluster.name}`)).toBe('');
    const refused = await rmsx(['up', '-n', cluster.name, '--pull', 'never']);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('Docker Compose owns')]);
    expect(refused.stderr).toContain('docker compose up -d');
    expect(await cluster.objects()).toEqual(left);
    await cluster.compose('up', '-d');
    await cluster.healthy();
    expect(await missingKeys(cluster, volumes, keys)).toEqual([]);
    expect((await cluster.status()).cluster.master).toBe(master);
  });
});

soakTest(
  'a cluster of Docker Compose that nobody has written to can be promoted as soon as its source has spoken',
  async () => {
    const cluster = new Rendered('compose-idle');
    try {
      await cluster.render('--replicas', '2');
      await cluster.compose('up', '-d');
      await cluster.healthy();
      const offsets = async () => (await cluster.status()).nodes.map(({ offset }) => offset ?? 0);
      await eventually('a word of the master', async () => (await offsets()).every((offset) => offset > 0), 4000);
      await docker('kill', cluster.container('master'));
      expect(await rmsxJson(['promote', 'slave-1', '-n', cluster.name])).toMatchObject({ incomplete: [] });
    } finally {
      await cluster.remove();
    }
  },
);

describe('a cluster that rmsx started', () => {
  const cluster = new Rendered('compose-own');

  beforeAll(async () => {
    await cluster.up('--replicas', '2', '--image', 'redis:7.0');
    await loadKeys(cluster, 'master', keys);
  });
  afterAll(() => cluster.remove());

  soakTest('must be there for docker compose ls, ps and logs', async () => {
    const projects = JSON.parse(await docker('compose', 'ls', '--format', 'json')) as { Name: string }[];
    expect(projects.map(({ Name }) => Name)).toContain(cluster.name);
    const services = await docker('compose', '-p', cluster.name, 'ps', '--services');
    expect(services.split('\n').sort()).toEqual(['master', 'slave-1', 'slave-2']);
    expect(await docker('compose', '-p', cluster.name, 'logs', 'slave-1')).toContain('MASTER <-> REPLICA sync');
  });

  test('must not be touched by docker compose up with files of the same name, which is refused', async () => {
    await cluster.render('--replicas', '2');
    const before = await cluster.everything();
    await expect(cluster.compose('up', '-d')).rejects.toThrow();
    expect(await cluster.everything()).toEqual(before);
    expect((await cluster.status()).cluster.health).toBe('healthy');
    expect(await missingKeys(cluster, ['master', 'slave-1', 'slave-2'], keys)).toEqual([]);
  });

  const changed = async (): Promise<void> => {
    await rmsxJson(['scale', '--replicas', '3', '-n', cluster.name]);
    await rmsxJson(['remove', 'slave-2', '-n', cluster.name]);
    await docker('kill', cluster.container('master'));
    await rmsxJson(['promote', 'slave-1', '-n', cluster.name]);
  };

  test.each(
    rows<readonly [string, () => Promise<void>]>(
      [],
      [
        ['after scale, remove and promote', changed],
        ['as it was made', async () => undefined],
      ],
    ),
  )('must go by docker compose down %s, and rmsx up must bring data and roles back', async (_when, change) => {
    await change();
    const roles = await cluster.status();
    const volumes = (await cluster.objects()).filter((name) => /-(data|conf)$/.test(name));
    await docker('compose', '-p', cluster.name, 'down');
    expect(await cluster.objects()).toEqual(volumes);
    await rmsxJson(['up', '-n', cluster.name, '--pull', 'never']);
    const { nodes, cluster: summary } = await cluster.status();
    expect(summary).toMatchObject({ health: 'healthy', master: roles.cluster.master });
    expect(nodes.map(({ name, source }) => [name, source])).toEqual(
      roles.nodes.map(({ name, plannedSource }) => [name, plannedSource]),
    );
    const names = nodes.map(({ name }) => name);
    expect(await missingKeys(cluster, names, keys)).toEqual([]);
  });
});

test('a project of somebody else with the same name must stop rmsx up with 5, and not be touched', async () => {
  const cluster = new Rendered('compose-other');
  cluster.directory = await mkdtemp(join(tmpdir(), 'rmsx-compose-'));
  try {
    const file = `name: ${cluster.name}\nservices:\n  web: { image: "redis:7.0", command: [sleep, "600"], init: true }\n`;
    await writeFile(join(cluster.directory, 'compose.yaml'), file);
    await cluster.compose('up', '-d');
    const before = await docker('ps', '-a', '--no-trunc', '--filter', `name=${cluster.name}`, '--format', '{{.ID}}');
    const refused = await rmsx(['up', ...cluster.apart]);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining(`${cluster.name}-web-1`)]);
    expect(refused.stderr).toContain(`Docker Compose has a project called ${cluster.name}`);
    expect(await cluster.objects()).toEqual([]);
    expect(await docker('ps', '--no-trunc', '--filter', `name=${cluster.name}`, '--format', '{{.ID}}')).toBe(before);
  } finally {
    await cluster.remove();
  }
});
