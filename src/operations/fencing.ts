import type { Engine } from '../domain/ports.ts';
import type { Fence } from '../plan/fence.ts';

/** Keeps a former master from taking writes, and lets it go on where the change does not come about. */
export class Fencing {
  readonly #engine: Engine;
  readonly #undo: (() => Promise<void>)[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What was begun counts as done: the answer may have been lost, and not the request. */
  async raise(fence: Fence): Promise<void> {
    const engine = this.#engine;
    const { id, node } = fence.container;
    if (fence.how === 'stop') {
      this.#undo.push(() => engine.start(id));
      return engine.stop(id, 0);
    }
    if (fence.pauses) {
      this.#undo.push(() => engine.unpause(id));
      await engine.pause(id);
    }
    const { leaves } = fence;
    if (!leaves) return;
    this.#undo.push(() => engine.connect(leaves.network, id, leaves.ip, node ?? ''));
    await engine.disconnect(leaves.network, id);
  }

  /** Takes it down again, the last part first. @throws RmsxError where that does not go */
  async lower(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) await undo();
  }
}
