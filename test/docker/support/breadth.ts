import { describe, test } from 'vitest';

/** Whether `bin/test soak` asks for everything. */
export const isSoak: boolean = process.env.SOAK === '1';

/**
 * The rows of a table of tests. Every run has those that differ in what they meet; the soak adds more of the same kind:
 * every server, every signal, every order.
 */
export const rows = <T>(always: readonly T[], inSoak: readonly T[]): readonly T[] =>
  isSoak ? [...always, ...inSoak] : always;

/** A test that only the soak runs: it takes long, and others of every run meet most of what it meets. */
export function soakTest(name: string, body: () => Promise<void>): void {
  if (isSoak) test(name, body);
}

/** The same of several tests that share what they look at. */
export function soakDescribe(name: string, define: () => void): void {
  if (isSoak) describe(name, define);
}
