import { expect, inject, test } from 'vitest';
import { JobQueue } from '../job-queue.js';

// Breaks nothing, so the cluster that all such files share will do.
test('a job that is finished must be gone', async () => {
  const queue = JobQueue.fromEnvironment(inject('rmsx').env);
  const id = await queue.add('a job that is done');
  expect(await queue.waiting()).toMatchObject({ [id]: 'a job that is done' });
  await queue.finish(id);
  expect(await queue.waiting()).not.toHaveProperty(id);
  queue.close();
});
