import type { ServerResponse } from 'node:http';
import type { ContainerFile } from '../../src/domain/ports.ts';
import { packDirectories } from '../../src/engine/archive.ts';

/** Gives files as an engine gives a directory of a container, to HEAD too; when it was written is in a header. */
export async function sendArchive(response: ServerResponse, files: readonly ContainerFile[]): Promise<void> {
  const stat = Buffer.from(JSON.stringify({ name: 'redis', mtime: '2026-01-01T00:00:00Z' })).toString('base64');
  const archive = await packDirectories([{ path: '/redis', files }], { uid: 999, gid: 999 });
  response.writeHead(200, { 'x-docker-container-path-stat': stat }).end(archive);
}
