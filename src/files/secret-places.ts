import { stat } from 'node:fs/promises';
import type { SecretPlace } from '../domain/secret-place.ts';

/**
 * Looks who may look at secrets.
 * @param paths - files, or directories that close what is below them
 * @returns those that are there and keep something, which a pipe does not; none on Windows, where modes say nothing
 */
export async function readSecretPlaces(paths: readonly string[]): Promise<readonly SecretPlace[]> {
  if (process.platform === 'win32') return [];
  const places = await Promise.all(paths.map(readPlace));
  return places.filter((place) => place !== undefined);
}

async function readPlace(path: string): Promise<SecretPlace | undefined> {
  try {
    const found = await stat(path);
    const mode = found.mode & 0o7777;
    if (found.isDirectory()) return { path, kind: 'directory', mode };
    return found.isFile() ? { path, kind: 'file', mode } : undefined;
  } catch {
    return undefined; // whoever needs it will tell
  }
}
