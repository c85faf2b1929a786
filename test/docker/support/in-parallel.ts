import { availableParallelism } from 'node:os';

/**
 * Works on every item, two at a time for each processor, as much of the work is to wait for deadlines.
 * @param work - told which of the workers it is, from 0
 */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T, worker: number) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const run = async (worker: number): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item, worker);
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, (_, worker) => run(worker)));
}
