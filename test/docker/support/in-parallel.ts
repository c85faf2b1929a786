import { availableParallelism } from 'node:os';

/**
 * Works on every item, as many at a time as there are processors.
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
  await Promise.all(Array.from({ length: availableParallelism() }, (_, worker) => run(worker)));
}
