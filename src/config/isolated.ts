import { randomBytes } from 'node:crypto';
import type { UpRequest } from './up-request.ts';

/**
 * `--isolated`: a cluster that never collides with another one and keeps nothing. What is asked for explicitly holds.
 * @param named - whether the user named the cluster
 */
export function isolate(request: UpRequest, named: boolean): UpRequest {
  return {
    ...request,
    isolated: true,
    name: named ? request.name : `rmsx-${randomBytes(4).toString('hex')}`,
    subnet: request.subnet ?? 'auto',
    basePort: request.basePort ?? 'auto',
    persistence: request.persistence ?? 'none',
    allowCommands: request.allowCommands ?? ['KEYS', 'FLUSHALL', 'FLUSHDB'],
  };
}
