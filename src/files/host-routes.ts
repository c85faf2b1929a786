import { readFile } from 'node:fs/promises';
import { type HostRoute, parseRoutes } from '../domain/host-route.ts';

/**
 * Reads the routes of this machine.
 * @param path - where Linux keeps its table
 * @returns none where there is no such table, as on other systems
 */
export async function readHostRoutes(path = '/proc/net/route'): Promise<readonly HostRoute[]> {
  try {
    return parseRoutes(await readFile(path, 'utf8'));
  } catch {
    return []; // they are looked at for a warning alone
  }
}
