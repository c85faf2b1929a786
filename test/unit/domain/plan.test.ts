import { expect, test } from 'vitest';
import { formatPlan, type Plan } from '../../../src/domain/plan.ts';

test('a plan must be printed as one sentence per step, without the content of any file', () => {
  const steps: Plan = [
    { id: '1', step: { op: 'pull-image', image: 'redis:8.0' }, because: 'why', after: [] },
    {
      id: '2',
      step: {
        op: 'write-conf',
        node: 'master',
        files: [{ name: 'redis.conf', content: 'requirepass secret', mode: 0 }],
      },
      because: 'why',
      after: [],
    },
    { id: '3', step: { op: 'unpause', node: 'master' }, because: 'why', after: [] },
    { id: '4', step: { op: 'stop', node: 'master', id: 'x', graceSeconds: 1 }, because: 'why', after: [] },
    { id: '5', step: { op: 'remove-container', node: 'master', id: 'x' }, because: 'why', after: [] },
    { id: '6', step: { op: 'remove-network', name: 'net', id: 'x' }, because: 'why', after: [] },
    { id: '7', step: { op: 'remove-volume', name: 'vol' }, because: 'why', after: [] },
    {
      id: '8',
      step: {
        op: 'follow',
        node: 'slave-1',
        source: 'slave-2',
        address: { host: '172.19.0.12', port: 6381 },
        instead: 'master',
      },
      because: 'why',
      after: [],
    },
    { id: '9', step: { op: 'start', node: 'slave-1' }, because: 'why', after: [] },
    { id: '10', step: { op: 'give-head-start', node: 'slave-1', timeMs: 100 }, because: 'why', after: [] },
    { id: '11', step: { op: 'remove-carriers' }, because: 'why', after: [] },
    { id: '12', step: { op: 'await-link', node: 'slave-1', timeMs: 5000 }, because: 'why', after: [] },
  ];
  expect(formatPlan(steps)).toMatchInlineSnapshot(`
    "pull image redis:8.0  (why)
    write redis.conf of master  (why)
    unpause master  (why)
    stop master  (why)
    remove container of master  (why)
    remove network net  (why)
    remove volume vol  (why)
    let slave-1 follow slave-2 instead of master  (why)
    start slave-1  (why)
    give slave-1 a head start of 100 ms  (why)
    remove what carried the conf  (why)
    wait until slave-1 is in sync, 5 s at most  (why)"
  `);
});
