import { createHash } from 'node:crypto';
import { nodesDirectory } from '../render/compose-file.ts';

/** What was rendered into a directory: path -> SHA-256 of the content. It tells edited files from untouched ones. */
export type Manifest = ReadonlyMap<string, string>;

/** Where the manifest lies. */
export const manifestPath: string = `${nodesDirectory}/.manifest.json`;

/** @returns the SHA-256 of a content, in hexadecimal */
export const hashOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** @returns the text of a manifest: same files, same bytes */
export function serializeManifest(manifest: Manifest): string {
  const files = Object.fromEntries([...manifest].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ schemaVersion: 1, files }, null, 2)}\n`;
}

/** @returns what a text says; an empty manifest where it is none, so that every file counts as edited */
export function parseManifest(text: string): Manifest {
  try {
    const { schemaVersion, files } = JSON.parse(text) as { schemaVersion: unknown; files: Record<string, unknown> };
    const entries = Object.entries(schemaVersion === 1 ? files : {});
    return new Map(
      entries.filter((entry): entry is [string, string] => isSafePath(entry[0]) && typeof entry[1] === 'string'),
    );
  } catch {
    return new Map(); // nothing is lost by asking for --force
  }
}

/** What a manifest lists may be removed: nothing that lies elsewhere. */
const isSafePath = (path: string): boolean =>
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
