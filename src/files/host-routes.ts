import { readFile } from 'node:fs/promises';
import { type HostRoute, parseRoutes } from '../domain/host-route.ts';

/** @returns the routes of this machine; null where they cannot be read, which is so everywhere but on Linux */
export async function readHostRoutes(): Promise<readonly HostRoute[] | null> {
  try {
    return parseRoutes(await readFile('/proc/net/route', 'utf8'));
  } catch {
    return null; // what is not known is not judged
  }
}
