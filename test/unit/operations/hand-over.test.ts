import { describe, expect, test } from 'vitest';
import type { Address } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { RedisConnection } from '../../../src/domain/redis-port.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { Connections } from '../../../src/operations/connections.ts';
import { handOver } from '../../../src/operations/hand-over.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { masterInfo, node, replicaInfo } from '../../helpers/values.ts';

const master = node('master', null);
const heir = node('slave-1', 'master');
const conf: Readonly<Record<string, string>> = { 'repl-ping-replica-period': '1', 'min-replicas-to-write': '0' };

/** Two servers that do what they are told, and what they were told, in order. */
class World {
  readonly told: string[] = [];
  readonly warnings: string[] = [];
  readonly infos = new Map<string, ServerInfo>([
    ['master', masterInfo([heir], { offset: 1000 })],
    ['slave-1', replicaInfo(master, { offset: 990 })],
  ]);
  readonly settings = new Map(Object.entries({ ...conf, 'min-replicas-max-lag': '10' }));
  /** Called before a command is carried out. */
  meddle: (command: string) => void = () => undefined;

  run(version = '7.0.15'): Promise<number> {
    const redis = { warmUp: () => undefined, connect: async (name: string) => this.#connection(name) };
    const connections = new Connections(
      redis,
      () => 'secret',
      () => master.address,
    );
    return handOver({
      cluster: 'redis-server',
      formerMaster: 'master',
      version,
      target: 'slave-1',
      address: heir.address,
      inConf: (directive) => conf[directive] ?? null,
      connections,
      warn: (message) => void this.warnings.push(message),
    });
  }

  #connection(name: string): RedisConnection {
    const tell = async (command: string): Promise<void> => {
      this.told.push(`${name}: ${command}`);
      this.meddle(`${name}: ${command}`);
    };
    const become = (info: ServerInfo): void => void this.infos.set(name, info);
    const offset = (): number => this.infos.get(name)?.offset ?? 0;
    const connection: Partial<RedisConnection> = {
      info: async () => {
        const info = this.infos.get(name);
        if (!info) throw new RmsxError('failed', `${name} does not answer.`, { reason: 'no-answer' });
        if (name === 'slave-1' && info.role === 'replica') become({ ...info, offset: Math.min(1000, info.offset + 5) });
        return info;
      },
      setting: async (directive) => this.settings.get(directive) ?? null,
      configure: async (directive, value) => {
        await tell(`${directive} ${value}`);
        this.settings.set(directive, value);
      },
      holdWrites: () => tell('hold'),
      releaseWrites: () => tell('release'),
      stepDown: async (source: Address) => {
        await tell('step down');
        const last = offset();
        become(replicaInfo({ ...heir, address: source }, { offset: last }));
        return last;
      },
      becomeMaster: async () => {
        await tell('become master');
        become(masterInfo([], { offset: offset() }));
      },
      cutClients: () => tell('cut clients'),
      close: () => undefined,
    };
    return connection as RedisConnection;
  }
}

const fails = (world: World, at: string, what?: () => void): void => {
  world.meddle = (command) => {
    if (command !== at) return;
    what?.();
    throw new RmsxError('failed', 'The connection broke.', { reason: 'no-answer' });
  };
};

test('the master must step down when its heir has everything, and before that takes over', async () => {
  const world = new World();
  await world.run();
  expect(world.told).toEqual([
    'master: repl-ping-replica-period 3600',
    'master: hold',
    'master: step down',
    'slave-1: become master',
    'master: release',
    'master: cut clients',
    'master: repl-ping-replica-period 1',
  ]);
});

test('a server without CLIENT PAUSE WRITE must refuse writes instead, and get its settings back', async () => {
  const world = new World();
  await world.run('6.0.16');
  expect(world.told.slice(1, 5)).toEqual([
    'master: min-replicas-to-write 1000000',
    'master: step down',
    'slave-1: become master',
    'master: min-replicas-to-write 0',
  ]);
});

test('what a run that was killed left behind must become what the conf says', async () => {
  const world = new World();
  world.settings.set('repl-ping-replica-period', '3600').set('min-replicas-to-write', '1000000');
  await world.run('6.0.16');
  expect(world.settings.get('repl-ping-replica-period')).toBe('1');
  expect(world.settings.get('min-replicas-to-write')).toBe('0');
});

describe('a hand-over that fails', () => {
  test('before the master stepped down must only let its writes go on', async () => {
    const world = new World();
    fails(world, 'master: step down');
    await rejectionOf(world.run());
    expect(world.told.slice(3)).toEqual(['master: release', 'master: repl-ping-replica-period 1']);
    expect(world.infos.get('master')?.role).toBe('master');
  });

  test('as the heir does not take over must make the master go on', async () => {
    const world = new World();
    fails(world, 'slave-1: become master');
    expect(await rejectionOf(world.run())).toMatchObject({ code: 'failed' });
    expect(world.told.slice(3)).toEqual([
      'slave-1: become master',
      'master: become master',
      'master: release',
      'master: repl-ping-replica-period 1',
    ]);
    expect(world.infos.get('master')?.role).toBe('master');
  });

  test('only in its answer must go on', async () => {
    const world = new World();
    fails(world, 'slave-1: become master', () => world.infos.set('slave-1', masterInfo([])));
    await world.run();
    expect(world.told.at(-2)).toBe('master: cut clients');
  });

  test('and nobody knows whether the heir took over must be told, and must not make a second master', async () => {
    const world = new World();
    fails(world, 'slave-1: become master', () => world.infos.delete('slave-1'));
    expect(await rejectionOf(world.run())).toMatchObject({ code: 'incomplete' });
    expect(world.told).not.toContain('master: become master');
  });
});
