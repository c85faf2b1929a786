/**
 * A test of what an application does when its master dies, without the command line:
 * `npx tsx examples/library.ts` in a checkout. In a project of your own, import from 'rmsx'.
 */
import { up } from '../src/index.ts';

await using cluster = await up({ replicas: 2, isolated: true, timeoutMs: 120_000 });
console.log(
  `${cluster.master.name} is the master, ${cluster.replicas.map(({ name }) => name).join(' and ')} follow it`,
);

// Your application connects to cluster.master.url here, and then loses it:
await cluster.kill('master');
const { durationMs, resync } = await cluster.promote('slave-1');
console.log(`${cluster.master.name} took over within ${durationMs} ms`, resync);
