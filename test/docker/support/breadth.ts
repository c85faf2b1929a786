/** Whether `bin/test soak` asks for everything. */
export const isSoak: boolean = process.env.SOAK === '1';

/**
 * The rows of a table of tests. Every run has those that differ in what they meet; the soak adds more of the same kind:
 * every server, every signal, every order.
 */
export const rows = <T>(always: readonly T[], inSoak: readonly T[]): readonly T[] =>
  isSoak ? [...always, ...inSoak] : always;
