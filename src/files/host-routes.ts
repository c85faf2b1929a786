import { readFile } from 'node:fs/promises';
import { type HostRoute, parseRoutes } from '../domain/host-route.ts';

/**
 * Reads the routes of this machine.
 * @param path - where Linux keeps its table
 * @returns null where there is no such table, as on other systems
 */
export async function readHostRoutes(path = '/proc/net/route'): Promise<readonly HostRoute[] | null> {
  try {
    return parseRoutes(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
