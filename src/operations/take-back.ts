import { messageOf, RmsxError, retold } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { carrierName } from '../domain/names.ts';
import type { Plan, Step } from '../domain/plan.ts';
import { type GoingBack, goBack } from './go-back.ts';
import { putBack, type Restoring } from './restore.ts';
import { rollBack } from './roll-back.ts';

/** A run of `up` that failed. */
export interface Failed extends Restoring {
  /** The name of the cluster. */
  readonly cluster: string;
  /** The mark of the run. */
  readonly run: string;
  /** An image that is here. */
  readonly image: string;
  readonly plan: Plan;
  /** Leave everything as it is. */
  readonly retain: boolean;
  /** The nodes that were changed, and stay so. */
  readonly changed: readonly string[];
  /** Where all containers were taken down for others. */
  readonly goingBack: GoingBack | undefined;
}

/**
 * Removes what a run has made, and puts back what it wrote over or took down.
 * @returns the error to throw
 */
export async function takeBack(error: unknown, failed: Failed): Promise<unknown> {
  const { cluster, run, plan, ports, goingBack, changed } = failed;
  const { progress } = ports;
  progress.fail('failed');
  if (failed.retain) {
    progress.note(`everything is left as it is; look at it: ${rmsxCommand(cluster, 'status')}`);
    return error;
  }
  const isClean = await rollBack(run, ports);
  if (!isClean) await leaveMark(failed);
  if (goingBack) return afterGoingBack(error, failed, goingBack);
  await putBack(plan, failed);
  if (changed.length > 0) {
    progress.note(`changed already, and left so: ${changed.join(', ')}; the same command goes on from there`);
  }
  if (plan.some(({ step }) => isMaking(step))) {
    progress.note(
      isClean ? 'what this run made is removed' : `to remove the rest: ${rmsxCommand(cluster, 'gc --older-than 0s')}`,
    );
  }
  return error;
}

const isMaking = ({ op }: Step): boolean => ['create-network', 'create-container', 'write-volumes'].includes(op);

/**
 * What could not be removed must be known for what it is: of a run that left something which only carried its conf, `gc`
 * takes all of it (docs/decisions/022). Without the mark it asks people, and names what they can type.
 */
async function leaveMark({ cluster, run, image, ports: { engine } }: Failed): Promise<void> {
  const mark = { name: carrierName(cluster, run, 0), cluster, run, image, volumes: [] };
  await engine.createCarrier(mark).catch(() => undefined); // it is there already, or the engine can do nothing by now
}

async function afterGoingBack(error: unknown, { cluster, ports }: Failed, goingBack: GoingBack): Promise<unknown> {
  try {
    await goBack(goingBack, ports);
  } catch (again) {
    const left = `${cluster} could not be made what it was. ${messageOf(again)}`;
    return worse(error, left, rmsxCommand(cluster, 'up'));
  }
  if (!(error instanceof RmsxError) || error.reason === 'old-snapshot') return error;
  const message = `${cluster} could not be moved to other addresses, and is as it was. ${error.message}`;
  return retold(error, message, { reason: undefined }); // nobody is to try that again by itself
}

/** Both things that went wrong, and what finishes it: the volumes hold all that it takes. */
function worse(error: unknown, left: string, finish: string): unknown {
  if (!(error instanceof RmsxError)) return error;
  const hint = [`The data is kept. Bring it up again: ${finish}`, ...(error.hint ? [error.hint] : [])].join('\n');
  return retold(error, `${error.message} ${left}`, { hint, reason: undefined });
}
