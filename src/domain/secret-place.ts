/** Where a secret lies on this machine. */
export interface SecretPlace {
  /** As it was given. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** Permission bits. */
  readonly mode: number;
}
