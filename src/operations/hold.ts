import type { UpRequest } from '../config/up-request.ts';
import type { Ports } from '../domain/ports.ts';
import { down } from './down.ts';
import { up } from './up.ts';
import type { UpOptions, UpResult } from './up-run.ts';

/** A cluster that is up for the time of some work: docs/decisions/031. */
export interface Hold {
  readonly name: string;
  /** What is taken away when the work is over: what was not there before. */
  readonly takes: 'everything' | 'all-but-data' | 'nothing';
  readonly result: UpResult;
}

/**
 * Brings a cluster up for the time of some work; `letGo` ends that.
 * @throws RmsxError whatever `up` throws; what it made is gone then
 */
export async function hold(request: UpRequest, options: UpOptions, ports: Ports): Promise<Hold> {
  const { name } = request;
  const [containers, volumes] = await Promise.all([ports.engine.listContainers(name), ports.engine.listVolumes()]);
  const result = await up({ ...request, held: true }, options, ports);
  const isMade = result.plan.some(({ step }) => step.op === 'create-container'); // by us, and not by who was faster
  const isKept = volumes.some(({ cluster }) => cluster === name);
  const isThere = containers.some(({ node }) => node !== null) || !isMade;
  return { name, result, takes: isThere ? 'nothing' : isKept ? 'all-but-data' : 'everything' };
}

/**
 * Takes away what was not there before the work.
 * @throws RmsxError where something could not be removed
 */
export async function letGo({ name, takes }: Hold, ports: Ports): Promise<void> {
  if (takes === 'nothing') return;
  await down([name], { volumes: takes === 'everything', dryRun: false }, ports);
}
