import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a docker context, as `docker context create` would, and the current one of that home directory.
 * @param tls - a directory with ca.pem, cert.pem and key.pem
 */
export function makeContext(home: string, name: string, host: string, docker: object = {}, tls?: string): void {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(home, '.docker/contexts/meta', id);
  mkdirSync(meta, { recursive: true });
  const content = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false, ...docker } } };
  writeFileSync(join(meta, 'meta.json'), JSON.stringify(content));
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
  if (tls === undefined) return;
  const files = join(home, '.docker/contexts/tls', id, 'docker');
  mkdirSync(files, { recursive: true });
  for (const file of ['ca.pem', 'cert.pem', 'key.pem']) copyFileSync(join(tls, file), join(files, file));
}
