import { thisProcess } from '../../../src/files/process-owner.ts';
import type { TestCluster } from './cluster.ts';
import { docker, inspect } from './run.ts';

/**
 * Takes the lock of a cluster as a change takes it.
 * @param node - of whose image it is made
 * @param owner - who holds it. @default this process
 * @returns the id of its container, to be removed with its volume
 */
export async function takeLock(cluster: TestCluster, node: string, owner = thisProcess()): Promise<string> {
  const { Image } = await inspect(cluster.container(node));
  const labels = ['--label', `rmsx.cluster=${cluster.name}`, '--label', `rmsx.owner=${owner}`];
  return docker('create', '--pull', 'never', '--name', `${cluster.name}-lock`, ...labels, Image, 'true');
}
