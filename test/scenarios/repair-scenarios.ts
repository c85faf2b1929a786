import type { Scenario } from './scenario.ts';
import { hit, rmsxDoes } from './steps.ts';

/** Somebody changes roles by hand, or a node is lost, and `repair` brings back what is recorded. */
export const repairScenarios: readonly Scenario[] = [
  {
    name: 'a replica of a star is made a second master by hand, and repaired',
    topology: 'star',
    replicas: 2,
    writers: 4,
    steps: [hit('stray', 'slave-2'), rmsxDoes('repair')],
    expected: { shape: ['master > slave-1', 'master > slave-2'], lost: 'none', full: null, downtimeMs: 2000 },
  },
  {
    name: 'a node in the middle of a chain dies, and the chain is repaired',
    topology: 'chain',
    replicas: 3,
    writers: 4,
    steps: [hit('kill', 'slave-1'), rmsxDoes('repair')],
    expected: { shape: ['master > slave-1 > slave-2 > slave-3'], lost: 'none', full: null, downtimeMs: 2000 },
  },
];
