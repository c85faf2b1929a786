/**
 * A look that cleaning up depends on. A signal cuts off every call that only looks; one that comes meanwhile must not end
 * what it is to begin, so the look is made again.
 * @param signal - that of the ports
 * @throws what the look throws, besides the reason of the signal
 */
export async function lookOn<T>(signal: AbortSignal, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return look();
  }
}
