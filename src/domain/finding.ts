/** One thing that was looked at, and how it is. */
export interface Finding {
  /** For scripts: `subnet`, `image`. */
  readonly code: string;
  /** `warning`: worth knowing; `problem`: a default of rmsx does not work here. */
  readonly level: 'ok' | 'warning' | 'problem';
  /** A sentence. */
  readonly message: string;
  /** What to type where it is not ok. */
  readonly next: string | null;
  /** The evidence, line by line. */
  readonly details: readonly string[];
}

/** @returns a finding that needs nothing done */
export const fine = (code: string, message: string): Finding => ({
  code,
  level: 'ok',
  message,
  next: null,
  details: [],
});

/** @returns a finding that is worth knowing */
export const warning = (code: string, message: string, next: string, details: readonly string[] = []): Finding => ({
  code,
  level: 'warning',
  message,
  next,
  details,
});
