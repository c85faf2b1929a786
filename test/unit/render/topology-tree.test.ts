import { expect, test } from 'vitest';
import { renderTree } from '../../../src/render/topology-tree.ts';
import { graphOf, hostileGraph } from '../../helpers/graphs.ts';
import { cluster, node, shaped } from '../../helpers/values.ts';

const tree = (...given: Parameters<typeof graphOf>): string => renderTree(graphOf(...given), (_, text) => text, true);
const deep = shaped('custom', {
  master: null,
  'slave-1': 'master',
  'slave-2': 'master',
  'slave-3': 'slave-1',
  'slave-4': 'slave-1',
});
const at = (index: number): { host: string; port: number } => node(`slave-${index}`, null).address;

test('a healthy tree must be drawn below its master', () => {
  expect(tree(deep)).toMatchInlineSnapshot(`
    "redis-server  custom  healthy
    NODE           ROLE     STATE    SOURCE   LINK  LAG B  LAG S
    master         master   running  -        -     -      -
    ├─ slave-1     replica  running  master   up    0      0
    │  ├─ slave-3  replica  running  slave-1  up    0      0
    │  └─ slave-4  replica  running  slave-1  up    0      0
    └─ slave-2     replica  running  master   up    0      0
    "
  `);
});

test('without UTF-8 it must be drawn in ASCII', () => {
  expect(renderTree(graphOf(deep), (_, text) => text, false)).toMatchInlineSnapshot(`
    "redis-server  custom  healthy
    NODE           ROLE     STATE    SOURCE   LINK  LAG B  LAG S
    master         master   running  -        -     -      -
    |- slave-1     replica  running  master   up    0      0
    |  |- slave-3  replica  running  slave-1  up    0      0
    |  \`- slave-4  replica  running  slave-1  up    0      0
    \`- slave-2     replica  running  master   up    0      0
    "
  `);
});

test('a node that is stopped must stand where it belongs, marked, with those that lost it below', () => {
  const down = { link: 'down' } as const;
  expect(tree(deep, { 'slave-1': 'stopped' }, { 'slave-3': down, 'slave-4': down })).toMatchInlineSnapshot(`
    "redis-server  custom  degraded
    NODE           ROLE      STATE     SOURCE   LINK   LAG B  LAG S
    master         master    running   -        -      -      -
    ├─ slave-1     ?replica  !stopped  ?master  ?      ?      ?
    │  ├─ slave-3  replica   running   slave-1  !down  ?      ?
    │  └─ slave-4  replica   running   slave-1  !down  ?      ?
    └─ slave-2     replica   running   master   up     0      0
    "
  `);
});

test('a dead master must stay the root', () => {
  expect(tree(cluster(1), { master: 'missing' }, { 'slave-1': { link: 'down' } })).toMatchInlineSnapshot(`
    "redis-server  star  degraded
    NODE        ROLE     STATE     SOURCE  LINK   LAG B  LAG S
    master      ?master  !missing  ?       ?      ?      ?
    └─ slave-1  replica  running   master  !down  ?      ?
    "
  `);
});

test('two masters must be two roots', () => {
  const alone = { role: 'master', source: null, link: null } as const;
  expect(tree(cluster(2), {}, { 'slave-2': alone })).toMatchInlineSnapshot(`
    "redis-server  star  degraded
    NODE        ROLE     STATE    SOURCE  LINK  LAG B  LAG S
    master      master   running  -       -     -      -
    └─ slave-1  replica  running  master  up    0      0
    slave-2     !master  running  !-      -     -      -
    "
  `);
});

test('nodes that follow somebody else must stand below that address, and a wrong source must be marked', () => {
  const stranger = { source: { host: '10.0.0.9', port: 6379 }, link: 'down' } as const;
  expect(tree(deep, {}, { 'slave-1': stranger, 'slave-4': { source: at(3) } })).toMatchInlineSnapshot(`
    "redis-server  custom  degraded
    NODE              ROLE     STATE    SOURCE          LINK   LAG B  LAG S
    master            master   running  -               -      -      -
    └─ slave-2        replica  running  master          up     0      0
    !10.0.0.9:6379
    └─ slave-1        replica  running  !10.0.0.9:6379  !down  ?      ?
       └─ slave-3     replica  running  slave-1         up     0      0
          └─ slave-4  replica  running  !slave-3        up     ?      ?
    "
  `);
});

test('a cycle must be drawn once, from its first node, with what hangs on it', () => {
  const cut = { role: 'replica', source: at(3), link: 'down' } as const;
  expect(tree(deep, {}, { master: cut })).toMatchInlineSnapshot(`
    "redis-server  custom  degraded
    NODE              ROLE      STATE    SOURCE    LINK   LAG B  LAG S
    !a cycle
    └─ master         !replica  running  !slave-3  !down  ?      ?
       ├─ slave-1     replica   running  master    up     0      0
       │  ├─ slave-3  replica   running  slave-1   up     0      0
       │  └─ slave-4  replica   running  slave-1   up     0      0
       └─ slave-2     replica   running  master    up     0      0
    "
  `);
});

test('a node that follows itself must be drawn', () => {
  expect(tree(cluster(1), {}, { 'slave-1': { source: at(1), link: 'down' } })).toMatchInlineSnapshot(`
    "redis-server  star  degraded
    NODE        ROLE     STATE    SOURCE    LINK   LAG B  LAG S
    master      master   running  -         -      -      -
    !a cycle
    └─ slave-1  replica  running  !slave-1  !down  ?      ?
    "
  `);
});

test('no name must steer the terminal', () => {
  expect(renderTree(hostileGraph, (_, text) => text, true)).not.toMatch(/[^\P{C}\n]/u);
});
