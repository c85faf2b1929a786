import { expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { type PromoteFacts, planPromote } from '../../../src/plan/promote.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, masterInfo, node, record, replicaInfo } from '../../helpers/values.ts';

const follower = replicaInfo(node('master', null), { link: 'down' });

/** The master is dead, and somebody has made slave-1 one by hand. */
function apart(changes: Partial<ServerInfo>): PromoteFacts {
  const second = masterInfo([], { replid: 'b'.repeat(40), offset: 1500, ...changes });
  return {
    record: record(cluster(2), 1),
    containers: containers(cluster(2), { master: 'stopped' }),
    infos: new Map([
      ['slave-1', second],
      ['slave-2', follower],
    ]),
    target: 'slave-1',
    force: false,
  };
}

const left = (offset: number): PromoteFacts => apart({ replid2: follower.replid, secondOffset: offset + 1 });

test('a second master that lacks what replicas have must be refused, with the bytes and the ways out', () => {
  const facts = left(800);
  const error = errorOf(() => planPromote(facts));
  expect(error).toMatchObject({
    code: 'unsafe',
    problems: ['slave-2 has 200 bytes from after slave-1 became a master'],
    hint: expect.stringContaining('Keep them: rmsx fault pause slave-1 && rmsx promote slave-2'),
  });
  expect(error?.hint).toContain('Or lose them: rmsx promote slave-1 --force');
  expect(planPromote({ ...facts, force: true })?.target).toBe('slave-1');
});

test('a second master of another history than the replicas must be refused', () => {
  expect(errorOf(() => planPromote(apart({})))).toMatchObject({
    problems: [expect.stringContaining('slave-2 holds another history')],
  });
});

test('a second master that has all that replicas have must be written down', () => {
  expect(planPromote(left(1000))?.target).toBe('slave-1');
});
