import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { addNode, removeNode, scaleTo } from '../../../src/plan/change-topology.ts';
import { refuseComposeChange } from '../../../src/plan/compose-change.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers, engineWith, shaped } from '../../helpers/values.ts';

/** What is said of a change of a cluster that Compose made. */
function refusal(before: ClusterSpec, after: ClusterSpec): readonly (string | undefined)[] {
  const made = containers(before).map((each) => ({ ...each, run: null, composeDirectory: '/srv/demo' }));
  const names = after.nodes.map(({ name }) => name);
  const removed = before.nodes.map(({ name }) => name).filter((name) => !names.includes(name));
  const error = errorOf(() => refuseComposeChange(before, after, removed, engineWith({ containers: made })));
  expect(error.code).toBe('conflict');
  return [error.message, ...(error.hint ?? '').split('\n')];
}

const render = (flags: string): readonly string[] => [
  `Render it anew where it lies: rmsx render -n demo --out /srv/demo ${flags}`,
  'Then: docker compose --project-directory /srv/demo up -d --remove-orphans',
];
const noNodes = (names: string): string =>
  `Docker Compose owns demo: it made demo-master from /srv/demo, and rmsx makes no nodes beside it (${names}).`;
const star = cluster(2, { name: 'demo' });
const tree = shaped('tree', { master: null, 'slave-1': 'master', 'slave-2': 'master' }, { name: 'demo' });

describe('a cluster of Compose: the hint must make the change that was asked for', () => {
  test.each<[string, ClusterSpec, ClusterSpec, readonly string[]]>([
    ['one more', star, addNode(star, undefined), [noNodes('slave-3'), ...render('--replicas 3')]],
    ['three more', star, scaleTo(star, 5), [noNodes('slave-3, slave-4, slave-5'), ...render('--replicas 5')]],
    [
      'one more under another source than it would get',
      star,
      addNode(star, 'slave-1'),
      [noNodes('slave-3'), ...render('--replicas 3'), 'Then: rmsx move slave-3 --source slave-1 -n demo'],
    ],
    [
      'one more under the source that it would get anyway',
      tree,
      addNode(tree, 'slave-1'),
      [noNodes('slave-3'), ...render('--replicas 3')],
    ],
    [
      'one less',
      star,
      scaleTo(star, 1),
      ['Docker Compose owns demo: it would make slave-2 again.', ...render('--replicas 1')],
    ],
    [
      'without a node that is not the last',
      star,
      removeNode(star, 'slave-1'),
      [
        'Docker Compose owns demo: it would make slave-1 again.',
        'Write a file with topology: custom that names the nodes that stay (master, slave-2), and their sources.',
        ...render('-f FILE'),
      ],
    ],
  ])('%s', (_, before, after, told) => {
    expect(refusal(before, after)).toEqual(told);
  });
});

test.each<[string, ClusterSpec, ClusterSpec, string | null]>([
  ['rmsx made it', star, scaleTo(star, 5), 'earlier'],
  ['no node comes or goes', star, { ...star, topology: 'chain' }, null],
])('nothing must be refused where %s', (_, before, after, run) => {
  const made = containers(before).map((each) => ({ ...each, run }));
  refuseComposeChange(before, after, [], engineWith({ containers: made }));
});
