/**
 * A test of what an application does when its master dies, without the command line:
 * `npx tsx examples/library.ts` in a checkout. In a project of your own, import from 'rmsx'.
 */
import { connect, down, env, promote, up } from '../src/index.ts';

const ports = await connect({ signal: AbortSignal.timeout(120_000) });
const name = `example-${process.pid}`;

try {
  const request = { name, replicas: 2, subnet: 'auto', basePort: 'auto', persistence: 'none' } as const;
  await up(request, { wait: true, retain: false, dryRun: false, timezone: 'UTC' }, ports);
  const { master, replicas } = await env(name, ports);
  console.log(`${master.node} is the master, ${replicas.map(({ node }) => node).join(' and ')} follow it`);

  // Your application connects to master.url here, and then loses it:
  const [container] = (await ports.engine.listContainers(name)).filter(({ node }) => node === master.node);
  if (container) await ports.engine.stop(container.id, 0);

  const { promoted, durationMs, resync } = await promote(name, 'slave-1', { force: false, dryRun: false }, ports);
  console.log(`${promoted} took over within ${durationMs} ms`, resync);
} finally {
  await down([name], { volumes: true, dryRun: false }, ports);
}
