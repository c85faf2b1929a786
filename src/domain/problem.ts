/** Something that is wrong with what a user asked for. */
export interface Problem {
  /** Where it stands in rmsx.yaml: `nodes.slave-1.source`. */
  readonly path: string;
  readonly message: string;
  /** What else would have to be different for it to be no problem. */
  readonly dependsOn?: 'image' | 'persistence' | 'replicas' | 'subnet' | 'nodes' | 'directives';
}

/** @returns where a user finds what a path means: `--subnet`, or `rmsx.yaml:12: network.subnet` */
export type Locate = (path: string) => string;

/** @returns problems as sentences that begin with their place; a problem without a place is a sentence of its own */
export const formatProblems = (problems: readonly Problem[], locate: Locate): readonly string[] =>
  problems.map(({ path, message }) => (path === '' ? message : `${locate(path)}: ${message}`));
