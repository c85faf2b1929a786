import { ChaosProxy } from './chaos-proxy.ts';
import type { TestCluster } from './cluster.ts';
import { type Finished, rmsx } from './run.ts';

/**
 * Runs rmsx through a proxy in front of the engine.
 * @param meet - told of the route of every request, before the engine has it; may send a signal
 */
export async function rmsxMeeting(
  cluster: TestCluster,
  args: readonly string[],
  meet: (route: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Finished> {
  const proxy = new ChaosProxy(cluster.name);
  await proxy.listen();
  try {
    return await rmsx(args, {
      env: proxy.env,
      whileRunning: async (kill) => {
        proxy.onRequest = (count) => meet(proxy.routes[count - 1] ?? '', kill);
      },
    });
  } finally {
    await proxy.close();
  }
}
