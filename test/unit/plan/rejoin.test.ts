import { describe, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { refuseToLose } from '../../../src/plan/refuse-to-lose.ts';
import { planRejoin } from '../../../src/plan/rejoin.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, healthyInfos, masterInfo, record } from '../../helpers/values.ts';
import { writes } from '../domain/lost-writes/streams.ts';

const spec = cluster(2);
const facts = {
  record: record(spec),
  containers: containers(spec),
  infos: healthyInfos(spec),
  node: 'slave-1',
};
type State = ReturnType<typeof containers>[number]['state'];
const withState = (state: State): ReturnType<typeof containers> =>
  facts.containers.map((each) => (each.node === 'slave-1' ? { ...each, state } : each));
const withInfo = (node: string, info: Partial<ServerInfo>): typeof facts.infos => {
  const before = facts.infos.get(node) ?? masterInfo([]);
  return new Map([...facts.infos, [node, { ...before, ...info }]]);
};
const without = (name: string): ReturnType<typeof containers> => facts.containers.filter(({ node }) => node !== name);
const silent = (...nodes: readonly string[]): typeof facts.infos =>
  new Map([...facts.infos].filter(([node]) => !nodes.includes(node)));

describe('a node that is to come back', () => {
  test.each([
    ['that follows its source', facts, 'none'],
    ['that is copying the data of its source', { ...facts, infos: withInfo('slave-1', { link: 'syncing' }) }, 'none'],
    ['that is stopped', { ...facts, containers: withState('stopped'), infos: silent('slave-1') }, 'start'],
    ['without a link', { ...facts, infos: withInfo('slave-1', { link: 'down' }) }, 'follow'],
    [
      'that follows somebody else',
      { ...facts, infos: withInfo('slave-1', { source: { host: '10.0.0.9', port: 6379 } }) },
      'follow',
    ],
    ['that runs as a master', { ...facts, infos: withInfo('slave-1', { role: 'master' }) }, 'fence'],
    ['without a container', { ...facts, containers: without('slave-1') }, 'make'],
  ])('%s must take its way', (_, seen, way) => {
    expect(planRejoin(seen)).toMatchObject({ node: { name: 'slave-1' }, source: { name: 'master' }, way });
  });

  test('that is held must be woken where nobody reaches it', () => {
    const held = { ...facts, containers: withState('paused'), infos: silent('slave-1') };
    expect(planRejoin(held).way).toBe('wake');
  });

  test.each([
    ['the master', { ...facts, node: 'master' }, 'unsafe', 'master is the master'],
    ['under a master that is silent', { ...facts, infos: silent('master') }, 'unsafe', 'master does not answer'],
    [
      'under a master that is none',
      { ...facts, infos: withInfo('master', { role: 'replica' }) },
      'unsafe',
      'master is not the master yet',
    ],
    [
      'that keeps restarting',
      { ...facts, containers: withState('restarting'), infos: silent('slave-1') },
      'unsafe',
      'keeps restarting',
    ],
    ['that is silent', { ...facts, infos: silent('slave-1') }, 'unsafe', 'does not answer'],
    [
      'without a container that Docker Compose makes',
      {
        ...facts,
        containers: without('slave-1').map((each) => ({ ...each, run: null, composeProject: 'redis-server' })),
      },
      'not-found',
      'has no container',
    ],
  ])('%s must be refused', (_, seen, code, text) => {
    expect(errorOf(() => planRejoin(seen))).toMatchObject({ code, message: expect.stringContaining(text) });
  });
});

describe('writes that nobody else has', () => {
  const who = { cluster: 'redis-server', node: 'master' };
  const lost = { writes: writes('SET a 1', 'MULTI', 'SET b 2', 'EXEC'), bytes: 99, beyond: null };
  const unknown = { unknown: 'its container is gone' };

  test('must be refused with the numbers and the ways out', () => {
    expect(errorOf(() => refuseToLose(lost, who))).toMatchObject({
      code: 'unsafe',
      message: 'master has 2 writes (99 bytes) that nobody else has, and would lose them as a replica.',
      hint: [
        'Save them: rmsx rejoin master --save-lost lost.resp',
        'Or lose them: rmsx rejoin master --discard',
        'Or see them: rmsx rejoin master --dry-run',
      ].join('\n'),
    });
  });

  test('must be saved or discarded where that is asked for, and nothing be refused where there are none', () => {
    refuseToLose(lost, { ...who, saveLost: 'file' });
    refuseToLose(lost, { ...who, discard: true });
    refuseToLose({ ...lost, writes: [] }, who);
    refuseToLose({ ...lost, writes: [], beyond: 'its last second' }, who);
    refuseToLose(unknown, { ...who, discard: true });
  });

  test('that cannot be known must be refused, and cannot be saved', () => {
    for (const allowed of [who, { ...who, saveLost: 'file' }]) {
      expect(errorOf(() => refuseToLose(unknown, allowed))).toMatchObject({
        code: 'unsafe',
        message: expect.stringContaining('cannot be known: its container is gone.'),
        hint: expect.stringContaining('--discard'),
      });
    }
  });
});
