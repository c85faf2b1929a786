import { bytesOf, type WriteCommand, writesIn } from '../../../../src/domain/lost-writes/write-command.ts';

/** A command as it stands in a stream. */
export const encode = (...args: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from(`*${args.length}\r\n`),
    ...args.flatMap((arg) => {
      const bytes = Buffer.from(arg as string);
      return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
    }),
  ]);

/** `SET a 1` as the arguments of a command. */
export const words = (line: string): readonly Buffer[] => line.split(' ').map((each) => Buffer.from(each));

/** A stream of commands, a line for each. */
export const stream = (...lines: readonly string[]): Buffer =>
  Buffer.concat(lines.map((line) => encode(...words(line))));

/** The writes in such lines. */
export const writes = (...lines: readonly string[]): readonly WriteCommand[] => writesIn(lines.map(words), 0);

/** Writes as lines. */
export const lines = (found: readonly WriteCommand[]): readonly string[] =>
  found.map(({ args }) => args.map((arg) => arg.toString('latin1')).join(' '));

export { bytesOf };

/** Numbers that are the same in every run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}
