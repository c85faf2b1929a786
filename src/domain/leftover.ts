/** Something that a run left behind, and why it counts as that. */
export interface Leftover {
  readonly kind: 'container' | 'network' | 'volume';
  /** What the engine calls it; volumes have no id but their name. */
  readonly id: string;
  readonly name: string;
  readonly cluster: string;
  /** The mark of the run that made it. */
  readonly run: string | null;
  readonly because: string;
}

/** Something that may be a leftover, and is not touched as that is not sure. */
export interface Kept {
  readonly cluster: string;
  readonly because: string;
  readonly hint: string | null;
}

/** Whether two findings are about the same object: one of the same name may have been made anew. */
export const sameLeftover = (a: Leftover, b: Leftover): boolean =>
  a.kind === b.kind && a.id === b.id && a.run === b.run;
