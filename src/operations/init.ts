import { replicaName } from '../domain/names.ts';
import { readTemplate } from '../files/templates.ts';

/** What a new rmsx.yaml says of its own; the rest are the defaults. */
export interface InitRequest {
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly topology?: string | undefined;
  readonly replicas?: number | undefined;
}

/**
 * A commented rmsx.yaml.
 * @param request - sound: `checkUpRequest` has nothing against it
 * @returns its text, which the parser takes as it is
 */
export async function init(request: InitRequest): Promise<string> {
  const { stringify } = await import('yaml');
  let text = await readTemplate('rmsx.yaml');
  for (const [key, value] of Object.entries(request)) {
    // In the words of YAML 1.1, so that a cluster called `no` is not mistaken for anything else by anybody.
    if (value !== undefined) {
      text = text.replace(
        new RegExp(`^${key}: .*$`, 'm'),
        () => `${key}: ${stringify(value, { version: '1.1' }).trim()}`,
      );
    }
  }
  return request.topology === 'custom' ? withSources(text, request.replicas ?? 2) : text;
}

/** In a custom cluster nobody follows anybody until the file says so. */
function withSources(text: string, replicas: number): string {
  const sources = Array.from({ length: replicas }, (_, i) => `  ${replicaName(i + 1)}: { source: master }\n`);
  return replicas === 0 ? text : text.replace('#nodes:\n', () => `nodes:\n${sources.join('')}`);
}
