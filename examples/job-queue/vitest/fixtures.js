import { withCluster } from 'rmsx/vitest';
import { test as base } from 'vitest';
import { JobQueue } from '../job-queue.js';

/** For tests that break nodes: a cluster for each file, and a queue on it for each test. */
export const test = withCluster(base, { replicas: 2 }).extend({
  queue: async ({ cluster }, use) => {
    const queue = JobQueue.fromEnvironment(await cluster.env());
    await use(queue);
    queue.close();
  },
});
