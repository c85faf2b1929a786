import type { Scenario } from './scenario.ts';
import { hit, rmsxDoes, set, until } from './steps.ts';

const most = { downtimeMs: 2500, lost: 'none', full: 0 } as const;

/** The master lives, and hands over. */
export const handOverScenarios: readonly Scenario[] = [
  {
    name: 'a star is handed over',
    topology: 'star',
    replicas: 2,
    writers: 4,
    steps: [rmsxDoes('switchover slave-1')],
    expected: { ...most, shape: ['slave-1 > slave-2', 'slave-1 > master'], partial: 2, restartsAll: true },
    core: true,
  },
  {
    name: 'a star is handed over whose master has lost the password of the others',
    topology: 'star',
    replicas: 2,
    writers: 4,
    steps: [
      set('master', 'masterauth', ''),
      rmsxDoes('switchover slave-1', { says: /the masterauth of master was changed by hand/ }),
    ],
    expected: { ...most, shape: ['slave-1 > slave-2', 'slave-1 > master'], partial: 2 },
  },
  {
    name: 'a chain is handed over to its tail',
    topology: 'chain',
    replicas: 3,
    writers: 4,
    steps: [rmsxDoes('switchover slave-3')],
    expected: { ...most, shape: ['slave-3 > slave-1 > slave-2', 'slave-3 > master'], partial: 2 },
    core: true,
  },
  {
    name: 'a tree is handed over to a leaf',
    topology: 'tree',
    replicas: 4,
    writers: 4,
    steps: [rmsxDoes('switchover slave-3')],
    expected: {
      ...most,
      shape: ['slave-3 > slave-1 > slave-4', 'slave-3 > slave-2', 'slave-3 > master'],
      partial: 3,
    },
    core: true,
  },
  {
    name: 'a star is to be handed over to a node that is paused',
    topology: 'star',
    replicas: 2,
    writers: 4,
    steps: [
      hit('pause', 'slave-1'),
      rmsxDoes('switchover slave-1', { exit: 7, says: /slave-1 is paused/ }),
      hit('wake', 'slave-1'),
      until('slave-1', 'up'),
    ],
    expected: { ...most, shape: ['master > slave-1', 'master > slave-2'], downtimeMs: 2000 },
  },
  {
    name: 'a star of two servers is handed over to the older one',
    topology: 'star',
    replicas: 2,
    images: { master: 'redis:6.0', 'slave-1': 'redis:6.0', 'slave-2': 'redis:7.0' },
    writers: 4,
    steps: [rmsxDoes('switchover slave-2', { exit: 7, says: /runs a newer server/ }), rmsxDoes('switchover slave-1')],
    expected: { ...most, shape: ['slave-1 > slave-2', 'slave-1 > master'], partial: 2 },
  },
  {
    name: 'the master of a star of two servers dies',
    topology: 'star',
    replicas: 2,
    images: { master: 'redis:6.0', 'slave-1': 'redis:7.0', 'slave-2': 'redis:6.0' },
    settings: { appendfsync: 'always' },
    writers: 4,
    steps: [
      hit('kill', 'master'),
      rmsxDoes('promote slave-1', { exit: 7, says: /could not load its data/ }),
      rmsxDoes('promote --best'),
      rmsxDoes('rejoin master --discard'),
    ],
    expected: { shape: ['slave-2 > slave-1', 'slave-2 > master'], lost: 'as reported', full: 1, partial: 1 },
  },
];
