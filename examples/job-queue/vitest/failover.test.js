import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { test } from './fixtures.js';

test('a job that was accepted must outlive the master, and the queue must go on', async ({ cluster, queue }) => {
  const accepted = [];
  const addJobs = async () => {
    while (accepted.length < 500) accepted.push(await queue.add(`job ${accepted.length}`));
  };
  const adding = addJobs();
  while (accepted.length < 100) await sleep(1); // it dies at work
  await cluster.kill('master');
  await cluster.promote();
  await adding;

  const waiting = await queue.waiting();
  expect(accepted.filter((id) => !(id in waiting))).toEqual([]);
});
