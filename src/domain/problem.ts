/** Something that is wrong with what a user asked for. */
export interface Problem {
  /** Where it stands in rmsx.yaml: `nodes.slave-1.source`. */
  readonly path: string;
  readonly message: string;
  /** What else would have to be different for it to be no problem. */
  readonly dependsOn?: 'image' | 'persistence' | 'replicas' | 'subnet' | 'nodes' | 'directives' | 'topology';
}

/** @returns where a user finds what a path means: `--subnet`, or `rmsx.yaml:12: network.subnet` */
export type Locate = (path: string) => string;

/** @returns problems as sentences that begin with their place, in the order of the file */
export const formatProblems = (problems: readonly Problem[], locate: Locate): readonly string[] =>
  inFileOrder(problems.map(({ path, message }) => `${locate(path)}: ${message}`));

/** @returns sentences about lines of a file in the order of the lines, after those about anything else */
export const inFileOrder = (problems: readonly string[]): readonly string[] =>
  problems.toSorted((a, b) => lineOf(a) - lineOf(b));

const lineOf = (problem: string): number => Number(/^[^\s:]+:(\d+): /.exec(problem)?.[1] ?? 0);
