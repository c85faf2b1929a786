/**
 * Waits for work, but no longer than it may take; the work itself goes on. What has come by then counts as come, even where
 * this process was too busy to look at it.
 * @returns undefined where it took too long
 */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => setImmediate(() => resolve(undefined)), timeoutMs);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
