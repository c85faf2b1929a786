import { RmsxError } from '../domain/errors.ts';
import type { ExecSession, ExecSpec } from '../domain/exec.ts';
import type { Engine } from '../domain/ports.ts';
import { guardCommand, killCommand } from '../plan/redis-cli.ts';

/** A program that ends sooner needs no guard, and is not made to wait for one. */
const guardedAfterMs = 500;

/**
 * Sees to it that a program does not outlive whoever uses it: engines let it go on for ever. What ends it is a second program in
 * the same container, as only that is still there when rmsx is killed, or the container is paused.
 */
export class Guard {
  readonly #engine: Engine;
  readonly #id: string;
  readonly #spec: ExecSpec;
  #processId: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #session: Promise<ExecSession | undefined> | undefined;

  /**
   * @param id - of the container
   * @param spec - of the program
   */
  constructor(engine: Engine, id: string, spec: ExecSpec) {
    this.#engine = engine;
    this.#id = id;
    this.#spec = spec;
  }

  /** Called when the program runs. */
  begin(processId: number): void {
    this.#processId = processId;
    this.#timer = setTimeout(() => {
      this.#session = this.#start(guardCommand(processId));
    }, guardedAfterMs);
  }

  /** Called when the program has ended. */
  async dismiss(): Promise<void> {
    clearTimeout(this.#timer);
    const session = await this.#session;
    await session?.write(Buffer.from('over\n'));
    session?.close();
  }

  /** Ends a program that has not ended by itself: at once, or when its container is no longer paused. */
  async endProgram(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#processId === undefined) return;
    const killing = await this.#start(killCommand(this.#processId));
    await killing?.exitCode().catch(asNothing);
    killing?.close();
    (await this.#session)?.close();
  }

  /** @returns undefined where the container has ended, or the engine: so has the program; or where it is paused */
  #start(command: readonly string[]): Promise<ExecSession | undefined> {
    return this.#engine.exec(this.#id, { ...this.#spec, command, terminal: null }).catch(asNothing);
  }
}

function asNothing(error: unknown): undefined {
  if (!(error instanceof RmsxError)) throw error;
  return undefined;
}
