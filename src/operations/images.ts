import type { PullPolicy } from '../config/up-request.ts';
import { type ClusterSpec, imageOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { Engine, Ports } from '../domain/ports.ts';
import { runPlan, type StepRunner, telling } from './run-plan.ts';

/**
 * The images of nodes that are to be made, as far as they are to be fetched. An image that is here is not asked for
 * anywhere else.
 * @param nodes - the names of the nodes that get a container
 * @throws RmsxError `image-missing` where fetching is forbidden
 */
export async function imagesToPull(
  policy: PullPolicy,
  cluster: ClusterSpec,
  nodes: readonly string[],
  engine: Engine,
): Promise<readonly string[]> {
  const made = cluster.nodes.filter(({ name }) => nodes.includes(name));
  const images = [...new Set(made.map((node) => imageOf(cluster, node)))];
  if (policy === 'always') return images;
  const here = await Promise.all(images.map((image) => engine.hasImage(image)));
  const absent = images.filter((_, i) => !here[i]);
  if (policy === 'missing' || absent.length === 0) return absent;
  throw forbidden(absent);
}

/** @returns the error where images are not here and must not be fetched */
export const forbidden = (images: readonly string[]): RmsxError =>
  new RmsxError('image-missing', `Image ${images.join(' and ')} is not here, and --pull never forbids fetching it.`, {
    hint: 'Load it: docker load -i FILE   or name one that is here: --image NAME',
  });

/**
 * Fetches the images of a plan before anything else of it: that takes long, and changes nothing of the cluster, so nobody has
 * to wait for it.
 * @returns the steps that are done
 * @throws RmsxError `image-missing` or `failed`
 */
export async function fetchImages(plan: Plan, ports: Ports): Promise<Plan> {
  const { progress, signal } = ports;
  const images = plan.flatMap(({ step }) => (step.op === 'pull-image' ? [step.image] : []));
  if (images.length === 0) return [];
  const steps = plan.filter(({ step }) => step.op === 'pull-image');
  const run: StepRunner = async ({ step }) => {
    if (step.op === 'pull-image') await pullTelling(step.image, ports);
  };
  progress.begin(`fetching ${images.join(', ')}`);
  try {
    await runPlan(steps, telling(progress, run), signal);
  } catch (error) {
    progress.fail('failed');
    throw error;
  }
  return steps;
}

/** Fetches an image, and tells how far it is. */
export async function pullTelling(
  image: string,
  { engine, progress }: Pick<Ports, 'engine' | 'progress'>,
): Promise<void> {
  progress.update?.(`pulling ${image}`);
  await engine.pullImage(image, ({ doneBytes, totalBytes }) => {
    const percent = Math.floor((100 * doneBytes) / totalBytes);
    progress.update?.(`pulling ${image}: ${mb(doneBytes)} of ${mb(totalBytes)} MB (${percent} %)`);
  });
  progress.update?.(`pulled ${image}`);
}

const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
