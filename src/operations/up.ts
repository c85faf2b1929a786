import { checkUpRequest, type UpRequest } from '../config/up-request.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import { Converging } from './converging.ts';
import type { UpOptions, UpResult } from './up-run.ts';

/** How often `auto` chooses again when somebody else was faster. */
const attempts = 5;

/** What a run that was killed has asked the engine for may come a moment after the next one has looked. */
const attemptsAtNames = 2;

/**
 * Converges to the wanted topology and waits until replication is usable. While another rmsx changes the cluster, it waits
 * for that, as long as the signal allows, and looks again: docs/decisions/026.
 * @throws RmsxError `bad-spec`, `conflict`, `image-missing`, `timeout` or `failed`; what this run made is gone then
 * @example
 * await up({ name: 'demo', replicas: 2, subnet: 'auto', basePort: 'auto' }, options, ports);
 */
export async function up(request: UpRequest, options: UpOptions, ports: Ports): Promise<UpResult> {
  const problems = checkUpRequest(request);
  if (problems.length > 0) throw new RmsxError('bad-spec', 'This cluster cannot be made.', { problems });
  for (let attempt = 0; ; attempt++) {
    try {
      return await new Converging(request, options, ports, attempt).run();
    } catch (error) {
      const again = mayTryAgain(request, error, attempt + 1);
      if (again === undefined) throw error;
      ports.progress.note(again);
    }
  }
}

/** @returns why another try may go well, or undefined where it would not */
function mayTryAgain(request: UpRequest, error: unknown, tried: number): string | undefined {
  const reason = error instanceof RmsxError ? error.reason : undefined;
  const isTaken =
    (request.subnet === 'auto' && reason === 'subnet-overlap') ||
    (request.basePort === 'auto' && (reason === 'port-taken' || reason === 'port-reserved'));
  if (isTaken && tried < attempts) return 'somebody else took what was free; choosing again';
  const isThere = reason === 'name-taken' || reason === 'subnet-overlap';
  return isThere && tried < attemptsAtNames ? 'something has come that was not there; looking again' : undefined;
}
