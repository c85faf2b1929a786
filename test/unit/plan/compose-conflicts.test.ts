import { describe, expect, test } from 'vitest';
import type { ObservedContainer, ObservedEngine } from '../../../src/domain/observed.ts';
import { composeConflicts, keptBesideCompose } from '../../../src/plan/compose-conflicts.ts';
import { cluster, container, containers, engineWith, foreign, volume } from '../../helpers/values.ts';

const spec = cluster(2, { name: 'demo' });
/** What Docker Compose makes from rendered files: our labels, and no run. */
const composed = (node: string, changes: Partial<ObservedContainer> = {}): ObservedContainer =>
  container(spec, node, { run: null, composeDirectory: '/srv/demo', ...changes });
const data = (node: string, run: string | null): ReturnType<typeof volume> =>
  volume(`demo-${node}-data`, { cluster: 'demo', node, run, purpose: 'data' });

describe('rmsx and Docker Compose must not get into each other', () => {
  test.each<[string, Partial<ObservedEngine>, string, string]>([
    [
      'Compose made the nodes, and some are missing',
      { containers: [composed('master')] },
      'Docker Compose owns demo: it made demo-master from /srv/demo, and rmsx makes no nodes beside it (slave-1, slave-2).',
      'Render it anew where it lies: rmsx render -n demo --out /srv/demo --replicas 2\nThen: docker compose --project-directory /srv/demo up -d --remove-orphans',
    ],
    [
      'Compose made them somewhere',
      { containers: [composed('master', { composeDirectory: null }), composed('slave-1')] },
      'Docker Compose owns demo: it made demo-master, and rmsx makes no nodes beside it (slave-2).',
      'Render it anew where it lies: rmsx render -n demo --out DIR --replicas 2\nThen: docker compose --project-directory DIR up -d --remove-orphans',
    ],
    [
      'one of them is of rmsx all the same',
      { containers: [container(spec, 'master'), composed('slave-1')] },
      'Docker Compose owns demo: it made demo-slave-1 from /srv/demo, and rmsx makes no nodes beside it (slave-2).',
      'Render it anew where it lies: rmsx render -n demo --out /srv/demo --replicas 2\nThen: docker compose --project-directory /srv/demo up -d --remove-orphans',
    ],
    [
      'only its volumes are left',
      { volumes: [data('master', null), data('slave-1', null)] },
      'Docker Compose owns demo: it made the volumes demo-master-data, demo-slave-1-data.',
      'Bring it back where its compose.yaml lies: docker compose up -d\nOr give up what is in them: docker volume rm demo-master-data demo-slave-1-data',
    ],
    [
      'only its volumes are left, beside the lock of a run that was killed',
      {
        containers: [foreign('demo-lock', { cluster: 'demo', run: 'now', owner: 'host/1/1' })],
        volumes: [data('master', null)],
      },
      'Docker Compose owns demo: it made the volumes demo-master-data.',
      'Bring it back where its compose.yaml lies: docker compose up -d\nOr give up what is in them: docker volume rm demo-master-data',
    ],
    [
      'only its volumes are left, beside those of rmsx',
      { volumes: [data('master', null), { ...data('master', 'earlier'), name: 'ours' }] },
      'Docker Compose owns demo: it made the volumes demo-master-data.',
      'Bring it back where its compose.yaml lies: docker compose up -d\nOr give up what is in them: docker volume rm demo-master-data\nrmsx made volumes of demo, too, and their data is kept: it is used again when those of Compose are gone.',
    ],
    [
      'Compose made them where a shell would not find them',
      { containers: [composed('master', { composeDirectory: '/srv/my $demo' }), composed('slave-1')] },
      'Docker Compose owns demo: it made demo-master from /srv/my $demo, and rmsx makes no nodes beside it (slave-2).',
      "Render it anew where it lies: rmsx render -n demo --out '/srv/my $demo' --replicas 2\nThen: docker compose --project-directory '/srv/my $demo' up -d --remove-orphans",
    ],
    [
      'a project of somebody else has the name',
      { containers: [foreign('demo-web-1', { composeProject: 'demo', composeDirectory: '/home/x/demo' })] },
      'Docker Compose has a project called demo: demo-web-1 from /home/x/demo belongs to it.',
      'Choose another cluster name: -n NAME',
    ],
  ])('%s', (_, engine, problem, hint) => {
    expect(composeConflicts(spec, engineWith(engine))).toEqual([{ problem, hint }]);
  });

  test.each<[string, Partial<ObservedEngine>]>([
    ['nothing is there', {}],
    ['rmsx made it all', { containers: containers(spec) }],
    ['rmsx made it, and some are missing', { containers: [container(spec, 'master')] }],
    ['Compose made it all', { containers: ['master', 'slave-1', 'slave-2'].map((name) => composed(name)) }],
    ['rmsx left its volumes', { volumes: [data('master', 'earlier')] }],
    ['another cluster has volumes of Compose', { volumes: [{ ...data('master', null), cluster: 'other' }] }],
    ['another project is there', { containers: [foreign('web', { composeProject: 'web' })] }],
    ['rmsx 0.1 made it, which knew no projects', { containers: [container(spec, 'master', { composeProject: null })] }],
  ])('and must leave each other alone where %s', (_, engine) => {
    expect(composeConflicts(spec, engineWith(engine))).toEqual([]);
  });
});

describe('data that rmsx kept beside a cluster of Compose', () => {
  const kept = [data('master', 'earlier'), { ...data('slave-1', null), name: 'demo_slave-1-data' }];
  const lock = foreign('demo-lock', { cluster: 'demo', run: 'now', owner: 'host/1/1' });
  const ofCompose = [composed('master'), composed('slave-1'), lock];

  test('must be told, with the command that removes it and nothing else', () => {
    expect(keptBesideCompose(spec, engineWith({ containers: ofCompose, volumes: kept }))).toEqual([
      'Docker Compose owns demo; rmsx made volumes of demo, too, and their data is kept and not used. To give it up: docker volume rm demo-master-data',
    ]);
  });

  test.each<[string, Partial<ObservedEngine>]>([
    ['nothing is kept', { containers: ofCompose, volumes: kept.slice(1) }],
    ['rmsx runs the cluster', { containers: containers(spec), volumes: kept }],
    ['rmsx runs a node of it', { containers: [container(spec, 'master'), composed('slave-1')], volumes: kept }],
    ['nothing runs', { volumes: kept }],
  ])('must not be spoken of where %s', (_, engine) => {
    expect(keptBesideCompose(spec, engineWith(engine))).toEqual([]);
  });
});
