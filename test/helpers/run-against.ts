import { type Run, runRmsx } from './run-rmsx.ts';
import { StubEngine, type StubWorld } from './stub-engine.ts';

/** A run, and what it asked of the engine. */
export interface RunAgainst extends Run {
  readonly requests: readonly string[];
  /** The requests that would have changed something. */
  readonly writes: readonly string[];
}

/** Runs rmsx against a world, and gives what it did to it. */
export async function runAgainst(
  world: StubWorld,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunAgainst> {
  await using engine = await StubEngine.start(world);
  const run = await runRmsx(args, { env: { ...engine.env, ...env } });
  return { ...run, writes: engine.writes, requests: engine.requests };
}
