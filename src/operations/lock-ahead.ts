import type { Ports } from '../domain/ports.ts';
import { type Lock, type LockRequest, takeLockIfPossible } from './lock.ts';

/** A lock that can be asked for before it is sure that it is needed, so that nobody waits for the engine to make it. */
export class LockAhead {
  readonly #request: LockRequest;
  readonly #ports: Ports;
  #taking: Promise<Lock | null> | undefined;

  constructor(request: LockRequest, ports: Ports) {
    this.#request = request;
    this.#ports = ports;
  }

  /** Asks for it. That somebody else has it is told to who needs it: see `take`. */
  begin(): void {
    this.take().catch(() => undefined);
  }

  /** @throws RmsxError `conflict` (`locked`) where another rmsx is at work: see `takeLockIfPossible` */
  take(): Promise<Lock | null> {
    this.#taking ??= takeLockIfPossible(this.#request, this.#ports);
    return this.#taking;
  }

  /** Gives it back, where it was asked for. */
  async release(): Promise<void> {
    const lock = await this.#taking?.catch(() => null); // told by take
    await lock?.release();
  }
}
