import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { type Changing, changeNode } from '../../../src/operations/change-node.ts';

const files = [{ name: 'role.conf', content: 'replicaof no one\n', mode: 0o644, stampSeconds: 2 }];

/**
 * Sets maxclients to 500 where it was 400, on an engine that writes the conf and loses its answer, or does not.
 * @param stamp - what the engine says of the conf afterwards
 */
async function configuring(stamp: () => number): Promise<{ readonly now: string; readonly error: unknown }> {
  let now = '400';
  const connection = {
    setting: async () => now,
    configure: async (_: string, value: string) => {
      now = value;
    },
  };
  const changing = {
    connections: { to: async () => connection },
    engine: { stampOf: async () => stamp() },
    writer: {
      write: async () => {
        throw new RmsxError('engine-unreachable', 'socket hang up');
      },
    },
    idOf: () => 'id-slave-1',
    changed: [],
  } as unknown as Changing;
  const settings = [{ name: 'maxclients', value: '500' }];
  const step = { op: 'configure', node: 'slave-1', settings, files } as const;
  const error = await changeNode(step, changing).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { now, error };
}

test('a server whose conf was written, without an answer, must keep the settings that its conf has', async () => {
  expect(await configuring(() => 2)).toEqual({ now: '500', error: undefined });
});

test('a server whose conf was not written must have the settings that it had', async () => {
  const { now, error } = await configuring(() => 1);
  expect([now, error]).toEqual(['400', expect.objectContaining({ message: 'socket hang up' })]);
});

test('where nobody can tell, the settings must be the new ones, so that the next change finds nothing that differs', async () => {
  const { now, error } = await configuring(() => {
    throw new RmsxError('engine-unreachable', 'no answer');
  });
  expect([now, error]).toEqual(['500', expect.objectContaining({ message: 'socket hang up' })]);
});
