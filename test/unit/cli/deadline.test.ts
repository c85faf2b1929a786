import { expect, test } from 'vitest';
import { type Ending, startDeadline } from '../../../src/cli/deadline.ts';
import type { Engine } from '../../../src/domain/ports.ts';

const engine = (unanswered: ReturnType<Engine['unanswered']>): Pick<Engine, 'endpoint' | 'unanswered'> => ({
  endpoint: 'tcp://127.0.0.1:2375',
  unanswered: () => unanswered,
});

/** @returns the reason for which a command ends whose time is up */
async function reasonOf(waitedFor?: Ending['waitedFor']): Promise<unknown> {
  const deadline = startDeadline(5, { cluster: null, isMachine: false, ...(waitedFor ? { waitedFor } : {}) });
  try {
    await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve));
    return deadline.signal.reason;
  } finally {
    deadline.end();
  }
}

test('time that is up must be told with the engine, and what it was asked for and has not answered', async () => {
  const silent = { what: 'start demo-master', forMs: 2499 };
  expect(await reasonOf(() => engine(silent))).toMatchObject({
    code: 'timeout',
    message:
      'Out of time after 0.005 s: the engine at tcp://127.0.0.1:2375 has not answered for 2 s (start demo-master).',
  });
});

test.each<[string, Ending['waitedFor']]>([
  ['owes nothing', () => engine(undefined)],
  ['was asked a moment ago', () => engine({ what: 'list containers', forMs: 999 })],
  ['is not asked at all', undefined],
])('an engine that %s must not be blamed', async (_, waitedFor) => {
  expect(await reasonOf(waitedFor)).toMatchObject({ message: 'Out of time after 0.005 s.' });
});
