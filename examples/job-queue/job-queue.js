import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/**
 * A queue of jobs that goes on when the master of its Redis dies. It is told where the nodes are, and asks them who the master
 * is, again whenever that one no longer answers.
 *
 * Replication of Redis is asynchronous: a write that the master has acknowledged is lost where the master dies before a replica
 * has it. So a job is accepted when a replica has it, too (WAIT 1). It lasts as long as that replica, or one that has seen as
 * much, becomes the master: `rmsx promote` takes the one that has seen most. WAIT makes Redis no consensus: what it did not
 * confirm may still have been written.
 */
export class JobQueue {
  #urls;
  #patienceMs;
  #master = null;
  #finding = null;

  /** @param urls - of all nodes; @param patienceMs - how long a change may wait for a master that takes it */
  constructor(urls, patienceMs = 20_000) {
    this.#urls = urls;
    this.#patienceMs = patienceMs;
  }

  /** With the variables of `rmsx env` and `rmsx run`. */
  static fromEnvironment({ REDIS_MASTER_URL = '', REDIS_REPLICA_URLS = '' }) {
    return new JobQueue([REDIS_MASTER_URL, ...REDIS_REPLICA_URLS.split(',')].filter(Boolean));
  }

  /** Returns the id of the job when it is accepted: on the master, and on a replica. */
  async add(job) {
    const id = randomUUID(); // so that adding it again after a failure adds nothing
    await this.#change((change) => change.hset('jobs', id, job));
    return id;
  }

  /** Takes a job that is done out of the queue. */
  async finish(id) {
    await this.#change((change) => change.hdel('jobs', id));
  }

  /** All jobs that wait: id -> job. */
  async waiting() {
    return (await this.#find()).hgetall('jobs');
  }

  close() {
    this.#forget();
  }

  async #change(change) {
    const endMs = Date.now() + this.#patienceMs;
    for (;;) {
      try {
        const master = await this.#find();
        for (const [error] of await change(master.multi()).exec()) if (error) throw error;
        if ((await master.wait(1, 1000)) >= 1) return;
        throw new Error('no replica has it yet'); // the master may be cut off: look again
      } catch (error) {
        this.#forget();
        if (Date.now() > endMs) throw error;
        await sleep(50);
      }
    }
  }

  /** The connection to the node that says it is the master: one for all who ask at the same time. */
  async #find() {
    if (this.#master?.status === 'ready') return this.#master;
    this.#finding ??= this.#search().finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  async #search() {
    this.#forget();
    for (const url of this.#urls) {
      // No reconnecting: after WAIT on another connection nobody knows which writes it speaks of.
      const options = { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1000, commandTimeout: 3000 };
      const node = new Redis(url, options);
      node.on('error', () => undefined); // what fails says so where it is awaited
      try {
        await node.connect();
        const [role] = await node.role();
        if (role === 'master') {
          this.#master = node;
          return node;
        }
      } catch {
        // it is down; another one may be the master
      }
      node.disconnect();
    }
    throw new Error('no node is a master that can be reached');
  }

  #forget() {
    this.#master?.disconnect();
    this.#master = null;
  }
}
