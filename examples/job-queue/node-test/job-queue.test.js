import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { useCluster } from 'rmsx/node-test';
import { JobQueue } from '../job-queue.js';

const cluster = await useCluster({ replicas: 2 });
const queue = JobQueue.fromEnvironment(await cluster.env());
after(() => queue.close());

test('a job that was accepted must outlive the master, and the queue must go on', async () => {
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
  assert.deepEqual(
    accepted.filter((id) => !(id in waiting)),
    [],
  );
});

test('a job that is finished must not come back with another master', async () => {
  const id = await queue.add('a job that is done');
  await queue.finish(id);
  await cluster.rejoin('master', { discard: true }); // of the test before; a replica from now on
  await cluster.switchover('master');
  assert.ok(!(id in (await queue.waiting())));
});
