/** Where an append-only file lies, by the version of the server that wrote it. */
export const aofPlaces = {
  /** One file, before 7.0. */
  file: '/data/appendonly.aof',
  /** Several files, since 7.0. */
  directory: '/data/appendonlydir',
  manifest: '/data/appendonlydir/appendonly.aof.manifest',
} as const;

const kinds = { b: 'base', i: 'incremental' } as const;

/** One of several files that are an append-only file together. */
export interface AofPart {
  readonly file: string;
  readonly kind: 'base' | 'incremental';
}

/**
 * Reads which files are an append-only file together, oldest first; those that only wait for their removal are left out.
 * @returns null where the text is no manifest
 */
export function parseManifest(text: string): readonly AofPart[] | null {
  const parts: (AofPart & { readonly seq: number })[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, file, seq, type] = /^file ([\w.-]+) seq (\d+) type ([bhi])(?: .*)?$/.exec(line.trim()) ?? [];
    if (file === undefined || type === undefined) return null;
    if (type === 'b' || type === 'i') parts.push({ file, kind: kinds[type], seq: Number(seq) });
  }
  const rank = ({ kind, seq }: (typeof parts)[number]): number => (kind === 'base' ? -1 : seq);
  return parts.sort((a, b) => rank(a) - rank(b)).map(({ file, kind }) => ({ file, kind }));
}
