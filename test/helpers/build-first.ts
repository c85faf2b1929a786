import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds what bin/rmsx.js runs, where it is not there or older than its source: a stale build would test the past. */
export function setup(): void {
  const built = join(root, 'dist/cli/main.js');
  const sources = ['src', 'bin/build.js', 'package.json', 'tsconfig.build.json'].map((path) => join(root, path));
  if (existsSync(built) && newest([join(root, 'dist')]) >= newest(sources)) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const { mtimeMs } = statSync(path);
      return statSync(path).isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : mtimeMs;
    }),
  );
}
