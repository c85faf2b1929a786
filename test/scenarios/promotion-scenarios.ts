import type { Scenario } from './scenario.ts';
import { hit, promote, rmsxDoes, set, until, write } from './steps.ts';

/** What was acknowledged is in the file then, and what is lost is known to the byte. */
const exact = { appendfsync: 'always' };
const starAfter = ['slave-1 > slave-2', 'slave-1 > master'];
const bringBack = rmsxDoes('rejoin master --discard');

/** slave-1 misses what slave-2 gets, and the master dies. */
const staleSlave1 = [
  hit('cut', 'slave-1'),
  write('master', 40),
  hit('kill', 'master'),
  hit('mend', 'slave-1'),
] as const;

const star = { topology: 'star', replicas: 2, settings: exact, writers: 4 } as const;

/** The master is gone, and another takes its place. */
export const promotionScenarios: readonly Scenario[] = [
  {
    ...star,
    name: 'the master of a star dies',
    steps: [hit('kill', 'master'), promote('slave-1'), bringBack],
    expected: { shape: starAfter, lost: 'as reported', full: 1, partial: 1, downtimeMs: 8000, restartsAll: true },
    core: true,
  },
  {
    ...star,
    name: 'the master of a star dies, and a replica has lost the password of the others',
    steps: [
      set('slave-2', 'masterauth', ''),
      hit('kill', 'master'),
      promote('slave-1', { says: /the masterauth of slave-2 was changed by hand/ }),
      bringBack,
    ],
    expected: { shape: starAfter, lost: 'as reported', full: 1, partial: 1, downtimeMs: 8000 },
  },
  {
    topology: 'chain',
    replicas: 3,
    settings: exact,
    writers: 4,
    name: 'the master of a chain dies',
    steps: [hit('kill', 'master'), rmsxDoes('promote slave-1'), bringBack],
    expected: {
      shape: ['slave-1 > slave-2 > slave-3', 'slave-1 > master'],
      lost: 'as reported',
      full: 1,
      downtimeMs: 8000,
    },
    core: true,
  },
  {
    topology: 'tree',
    replicas: 4,
    settings: exact,
    writers: 4,
    name: 'the master of a tree dies',
    steps: [hit('kill', 'master'), promote('slave-2'), bringBack],
    expected: {
      shape: ['slave-2 > slave-1 > slave-3', 'slave-1 > slave-4', 'slave-2 > master'],
      lost: 'as reported',
      full: 1,
      partial: 1,
      downtimeMs: 8000,
    },
    core: true,
  },
  {
    topology: 'chain',
    replicas: 3,
    settings: exact,
    writers: 4,
    name: 'the master of a chain dies, and its tail takes over by way of the best',
    steps: [hit('kill', 'master'), rmsxDoes('promote slave-3 --via'), bringBack],
    expected: { shape: ['slave-3 > slave-1', 'slave-3 > slave-2', 'slave-3 > master'], lost: 'as reported', full: 1 },
  },
  {
    ...star,
    name: 'the master dies while no replica hears it',
    steps: [
      hit('pause', 'slave-1', 'slave-2'),
      hit('blink', 'master'),
      hit('kill', 'master'),
      hit('wake', 'slave-1', 'slave-2'),
      promote('slave-1'),
      rmsxDoes('rejoin master', { exit: 7, says: /\d+ writes \(\d+ bytes\) that nobody else has/ }),
      bringBack,
    ],
    expected: { shape: starAfter, lost: 'as reported', full: 1, partial: 1 },
    core: true,
  },
  {
    ...star,
    name: 'the master is paused',
    steps: [hit('pause', 'master'), promote('slave-1'), bringBack],
    expected: { shape: starAfter, lost: 'as reported', full: null, partial: 1, downtimeMs: 8000 },
    core: true,
  },
  {
    ...star,
    name: 'the master hangs',
    steps: [hit('freeze', 'master'), promote('slave-1', { while: 7 }), hit('thaw', 'master'), bringBack],
    expected: { shape: starAfter, lost: 'as reported', full: null, partial: 1, downtimeMs: 15_000 },
  },
  {
    ...star,
    name: 'the master crashes at each start',
    steps: [hit('crash', 'master'), promote('slave-1'), bringBack],
    expected: { shape: starAfter, lost: 'as reported', full: 1, partial: 1 },
  },
  {
    ...star,
    name: 'the master loses the network',
    steps: [hit('disconnect', 'master'), promote('slave-1'), bringBack],
    expected: { shape: starAfter, lost: 'as reported', full: null, partial: 1 },
  },
  {
    ...star,
    name: 'the node that is to take over is behind, and another takes over first',
    steps: [
      ...staleSlave1,
      rmsxDoes('promote slave-1', { exit: 7, says: /slave-1 is \d+ bytes behind slave-2 \(offset \d+ of \d+\)/ }),
      rmsxDoes('promote slave-1 --via'),
      bringBack,
    ],
    expected: { shape: starAfter, lost: 'as reported', full: 1, partial: 2 },
  },
  {
    ...star,
    name: 'a node that is behind another is forced to take over',
    steps: [
      hit('cut', 'slave-1'),
      hit('kill', 'master'),
      hit('mend', 'slave-1'),
      rmsxDoes('promote slave-1 --force'),
      bringBack,
    ],
    expected: { shape: starAfter, lost: 'as reported', full: 2 },
  },
  {
    topology: 'tree',
    replicas: 4,
    writers: 4,
    name: 'a node in the middle of a tree dies',
    steps: [
      hit('kill', 'slave-1'),
      rmsxDoes('move slave-3 --source slave-2'),
      rmsxDoes('move slave-4 --source master'),
      rmsxDoes('rejoin slave-1'),
      until('slave-1', 'up'),
    ],
    expected: {
      shape: ['master > slave-1', 'master > slave-2 > slave-3', 'master > slave-4'],
      lost: 'none',
      full: 1,
      partial: 2,
      downtimeMs: 2000,
    },
  },
];
