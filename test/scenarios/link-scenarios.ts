import type { Scenario } from './scenario.ts';
import { hit, until, write } from './steps.ts';

const star = ['master > slave-1', 'master > slave-2'];
/** A small backlog, and a short patience: what takes minutes elsewhere takes seconds here. */
const small = { 'repl-backlog-size': '64kb', 'repl-timeout': '4' };
const quiet = { topology: 'star', replicas: 2, settings: small, writers: 0 } as const;

/** What happens to a link, or to one server, and no command is needed. */
export const linkScenarios: readonly Scenario[] = [
  {
    name: 'all links blink',
    topology: 'star',
    replicas: 2,
    settings: { 'repl-backlog-size': '1mb' },
    writers: 4,
    steps: [hit('blink', 'master')],
    expected: { shape: star, lost: 'none', full: 0, partial: 2, downtimeMs: 2000 },
    core: true,
  },
  {
    ...quiet,
    name: 'a link is down while less than the backlog is written',
    steps: [hit('cut', 'slave-1'), write('master', 40), hit('mend', 'slave-1'), until('slave-1', 'up')],
    expected: { shape: star, lost: 'none', full: 0, partial: 1 },
  },
  {
    ...quiet,
    name: 'a link is down while more than the backlog is written',
    steps: [hit('cut', 'slave-1'), write('master', 400), hit('mend', 'slave-1'), until('slave-1', 'up')],
    expected: { shape: star, lost: 'none', full: 1 },
  },
  {
    ...quiet,
    name: 'a replica is held for less than repl-timeout, whatever is written',
    steps: [hit('pause', 'slave-1'), write('master', 400), hit('wake', 'slave-1')],
    expected: { shape: star, lost: 'none', full: 0, partial: 'none' },
  },
  {
    ...quiet,
    name: 'a replica is held for longer than repl-timeout, and little is written',
    steps: [hit('pause', 'slave-1'), write('master', 8), until('slave-1', 'forgotten'), hit('wake', 'slave-1')],
    expected: { shape: star, lost: 'none', full: 0, partial: 1 },
  },
  {
    ...quiet,
    name: 'a replica is held for longer than repl-timeout, and much is written afterwards',
    steps: [hit('pause', 'slave-1'), until('slave-1', 'forgotten'), write('master', 400), hit('wake', 'slave-1')],
    expected: { shape: star, lost: 'none', full: 1 },
  },
  {
    ...quiet,
    name: 'a replica with snapshots is restarted in peace',
    persistence: 'rdb',
    steps: [write('master', 16), hit('restart', 'slave-1'), until('slave-1', 'up')],
    expected: { shape: star, lost: 'none', full: 0, partial: 1 },
  },
  {
    ...quiet,
    name: 'a replica with an append-only file dies and is started',
    steps: [write('master', 16), hit('kill', 'slave-1'), hit('start', 'slave-1'), until('slave-1', 'up')],
    expected: { shape: star, lost: 'none', full: 1 },
  },
];

/** A master that comes back before anybody asks rmsx. */
export const rebirthScenarios: readonly Scenario[] = [
  {
    name: 'the master with an append-only file dies and is started',
    topology: 'star',
    replicas: 2,
    settings: { appendfsync: 'always' },
    writers: 4,
    steps: [hit('kill', 'master'), hit('start', 'master')],
    expected: { shape: star, lost: 'none', full: 2, downtimeMs: 8000 },
  },
  {
    ...quiet,
    name: 'the master with snapshots is restarted in peace',
    persistence: 'rdb',
    steps: [write('master', 16), hit('restart', 'master')],
    expected: {
      shape: star,
      lost: 'none',
      full: { usual: 0, but: { 'redis:6': 2 } },
      partial: { usual: 2, but: { 'redis:6': 'none' } },
    },
  },
  {
    name: 'the master with snapshots dies and is started: its replicas go back to the snapshot with it',
    topology: 'star',
    replicas: 2,
    persistence: 'rdb',
    writers: 2,
    steps: [hit('kill', 'master'), hit('start', 'master')],
    expected: {
      shape: star,
      lost: 'not asked',
      full: 2,
      without: { I10: 'what came after the snapshot is gone', I11: 'no command of rmsx was there to count it' },
    },
  },
  {
    name: 'the master without persistence dies and is started: it empties its replicas',
    topology: 'star',
    replicas: 2,
    persistence: 'none',
    writers: 2,
    steps: [hit('kill', 'master'), hit('start', 'master')],
    expected: {
      shape: star,
      lost: 'not asked',
      full: 2,
      without: { I10: 'everything is gone', I11: 'no command of rmsx was there to count it' },
    },
  },
];
