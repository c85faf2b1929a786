import type { Refusal } from './refusal.ts';
import { hit, set, until, write } from './steps.ts';

/** slave-1 gets all data, and slowly: half a second for each key. */
const syncing = [
  set('master', 'repl-diskless-sync', 'yes'),
  set('master', 'rdb-key-save-delay', '500000'),
  hit('cut', 'slave-1'),
  write('master', 400),
  hit('mend', 'slave-1'),
  until('slave-1', 'syncing'),
];
const synced = [set('master', 'rdb-key-save-delay', '0'), hit('restart', 'slave-1'), until('slave-1', 'up')];
const none = { before: [], after: [] } as const;
const status = /rmsx status/;
const back = [hit('start', 'master'), until('slave-1', 'up'), until('slave-2', 'up')];

const locked = {
  exit: 5,
  says: [/Another rmsx is changing \S+ just now \(process \d+ on/],
  before: [hit('lock', 'slave-1')],
  after: [hit('unlock', 'slave-1')],
} as const;

/** Of promote, while the master lives. */
const promotions: readonly Refusal[] = [
  {
    ...none,
    name: 'the node is none of the cluster',
    rmsx: 'promote slave-9',
    exit: 4,
    says: [/slave-9/],
  },
  { ...none, name: 'the node is the master already', rmsx: 'promote master', exit: 0, says: [/already|nothing/] },
  {
    ...none,
    name: 'the master is alive',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/master is alive: it answers as the master, at offset \d+/, /rmsx switchover slave-1/],
  },
  {
    name: 'the node is paused',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 cannot be promoted: its container is paused/, /rmsx start slave-1 .*&& rmsx promote slave-1/],
    before: [hit('pause', 'slave-1')],
    after: [hit('wake', 'slave-1'), until('slave-1', 'up')],
  },
  {
    name: 'the node is down',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 cannot be promoted: its container is stopped/, /rmsx start slave-1 .*&& rmsx promote slave-1/],
    before: [hit('kill', 'slave-1')],
    after: [hit('start', 'slave-1'), until('slave-1', 'up')],
  },
  {
    name: 'the node is in the middle of a full synchronisation',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 is in the middle of a full synchronisation/, /rmsx status/],
    before: syncing,
    after: synced,
  },
  {
    name: 'the node loads what it got',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 is (loading its data|in the middle of a full synchronisation)/, /rmsx status/],
    before: [
      set('slave-1', 'key-load-delay', '300000'),
      set('slave-1', 'loading-process-events-interval-bytes', '1024'), // else it answers nobody meanwhile
      hit('cut', 'slave-1'),
      write('master', 400),
      hit('mend', 'slave-1'),
      until('slave-1', 'loading'),
    ],
    after: [set('slave-1', 'key-load-delay', '0'), until('slave-1', 'up')],
  },
  {
    name: 'the node is never to be promoted',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 is marked never to be promoted \(replica-priority 0\)/, /rmsx status/],
    before: [set('slave-1', 'replica-priority', '0')],
    after: [set('slave-1', 'replica-priority', '100')],
  },
  {
    name: 'the node is off the network',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 cannot be promoted/, /rmsx up/],
    before: [hit('disconnect', 'slave-1')],
    after: [hit('connect', 'slave-1'), until('slave-1', 'up')],
  },
  {
    name: 'another node runs as a master, too',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-2 already runs? as master/, /rmsx status/],
    before: [hit('stray', 'slave-2')],
    after: [hit('return', 'slave-2'), until('slave-2', 'up')],
    on: ['star', 'tree'], // in a chain slave-3 has gone with it, and that is said first
  },
  {
    name: 'the master hangs, and was heard of a moment ago',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/master is not known to be gone/, /heard from it \d+ s ago/, /rmsx logs master/],
    before: [hit('freeze', 'master')],
    after: [hit('thaw', 'master'), until('slave-1', 'up')],
  },
  {
    name: 'the node is behind another, and the master is dead',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [/slave-1 is \d+ bytes behind slave-2 \(offset \d+ of \d+\)/, /rmsx promote slave-2/, /--via/],
    before: [hit('cut', 'slave-1'), write('master', 40), hit('kill', 'master'), hit('mend', 'slave-1')],
    after: back,
    on: ['star', 'tree'],
  },
  {
    name: 'nothing tells whose history is the right one, and the master is paused',
    rmsx: 'promote slave-1',
    exit: 7,
    says: [
      /slave-\d and slave-\d hold different histories/,
      /slave-1 holds \d+ keys?/,
      /rmsx promote slave-\d --force/,
    ],
    before: [
      write('master', 3),
      ...[hit('pause', 'master'), hit('stray', 'slave-1', 'slave-2'), hit('return', 'slave-1', 'slave-2')],
    ],
    after: [hit('wake', 'master'), until('slave-1', 'up'), until('slave-2', 'up')],
    on: ['star'],
  },
  {
    ...locked,
    name: 'another process changes the cluster',
    rmsx: 'promote slave-1',
    before: [hit('kill', 'master'), hit('lock', 'slave-1')],
    after: [hit('unlock', 'slave-1'), ...back],
  },
];

const handOvers: readonly Refusal[] = [
  { ...locked, name: 'another process changes the cluster', rmsx: 'switchover slave-1' },
  { ...none, name: 'the node is none of the cluster', rmsx: 'switchover slave-9', exit: 4, says: [/slave-9/] },
  { ...none, name: 'the node is the master already', rmsx: 'switchover master', exit: 0, says: [/already|nothing/] },
  {
    name: 'the node is paused',
    rmsx: 'switchover slave-1',
    exit: 7,
    says: [/slave-1 is paused: it would be left behind/, status],
    before: [hit('pause', 'slave-1')],
    after: [hit('wake', 'slave-1'), until('slave-1', 'up')],
  },
  {
    name: 'another node is paused',
    rmsx: 'switchover slave-1',
    exit: 7,
    says: [/slave-2 is paused: it would be left behind/, status],
    before: [hit('pause', 'slave-2')],
    after: [hit('wake', 'slave-2'), until('slave-2', 'up')],
  },
  {
    name: 'the node has no link',
    rmsx: 'switchover slave-1',
    exit: 7,
    says: [/slave-1 has no link to its source/, status],
    before: [hit('cut', 'slave-1')],
    after: [hit('mend', 'slave-1'), until('slave-1', 'up')],
  },
  {
    name: 'the node is in the middle of a full synchronisation',
    rmsx: 'switchover slave-1',
    exit: 7,
    says: [/slave-1 is in the middle of a full synchronisation/, status],
    before: syncing,
    after: synced,
  },
  {
    name: 'the node is never to be the master',
    rmsx: 'switchover slave-1',
    exit: 7,
    says: [/replica-priority 0/, status],
    before: [set('slave-1', 'replica-priority', '0')],
    after: [set('slave-1', 'replica-priority', '100')],
  },
  {
    name: 'the master is dead',
    rmsx: 'switchover slave-1',
    exit: 7,
    says: [/No node of \S+ is a master/, /rmsx promote slave-1/],
    before: [hit('kill', 'master')],
    after: back,
  },
];

const rejoinings: readonly Refusal[] = [
  {
    ...locked,
    name: 'another process changes the cluster',
    rmsx: 'rejoin slave-1',
    before: [hit('stray', 'slave-1'), hit('lock', 'slave-1')],
    after: [hit('unlock', 'slave-1'), hit('return', 'slave-1'), until('slave-1', 'up')],
  },
  { ...none, name: 'the node is none of the cluster', rmsx: 'rejoin slave-9', exit: 4, says: [/slave-9/] },
  { ...none, name: 'the node follows already', rmsx: 'rejoin slave-1', exit: 0, says: [/nothing to do/] },
  { ...none, name: 'the node is the master', rmsx: 'rejoin master', exit: 7, says: [/nobody to follow/, status] },
  {
    name: 'there is nobody to follow',
    rmsx: 'rejoin slave-1',
    exit: 7,
    says: [/master does not answer: there is nobody whom slave-1 could follow/, status],
    before: [hit('kill', 'master')],
    after: back,
  },
  {
    name: 'the node has a write that nobody else has',
    rmsx: 'rejoin slave-1',
    exit: 7,
    says: [/slave-1 has \d+ writes? \(\d+ bytes\) that nobody else has/, /--save-lost/, /--discard/],
    before: [hit('stray', 'slave-1'), write('slave-1', 8)],
    after: [hit('return', 'slave-1'), until('slave-1', 'up')],
  },
];

/** Every refusal that there is, and what has nothing to do. */
export const refusals: readonly Refusal[] = [...promotions, ...handOvers, ...rejoinings];
