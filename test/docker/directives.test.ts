import { describe, test } from 'vitest';
import { canonicalDirective, directiveNames, nameFor } from '../../src/domain/directives.ts';
import { type ServerVersion, versionOfImage } from '../../src/domain/server-version.ts';
import { rows } from './support/breadth.ts';
import { inContainer } from './support/in-container.ts';

/** Names that `CONFIG GET *` reports and that the file grammar of the same server refuses. */
const onlyByCommand: Readonly<Record<string, readonly string[]>> = { 'redis:6.0': ['watchdog-period'] };

/** Prints what a running server reports, waiting until it answers. */
const configGet = `
redis-server --save '' >/dev/null &
for try in $(seq 200); do
  if redis-cli ping >/dev/null 2>&1; then break; fi
  sleep 0.05
done
redis-cli config get '*' | awk 'NR % 2 == 1'
redis-cli shutdown nosave >/dev/null 2>&1`;

/**
 * Prints those of the names that the server refuses as unknown, one start each. `--port 0` ends a server that takes the
 * directive. Names after `--` are tried with more and more values, as a wrong number of them is refused in the same
 * words. From Redis 8.0 on, an unknown name with a value is kept for a module and refused when none has come for it.
 */
const refusedByServer = `
refuses() {
  echo "$1" >/tmp/x.conf
  case $(timeout 2 redis-server /tmp/x.conf --port 0 --save '' --dir /tmp </dev/null 2>&1) in
    *'Bad directive'* | *'Module Configuration detected'*) ;;
    *) return 1 ;;
  esac
}
while [ "$1" != -- ]; do
  if refuses "$1 1"; then echo "$1"; fi
  shift
done
shift
for name in "$@"; do
  if refuses "$name" && refuses "$name 1" && refuses "$name 1 2" && refuses "$name 1 2 3" &&
    refuses "$name normal 1 1 1"; then echo "$name"; fi
done`;

describe.concurrent.each(rows(['redis:6.0'], ['redis:7.0', 'redis:8.0', 'valkey:8.1']))('%s', (image) => {
  const server = versionOfImage(image) as ServerVersion;

  test('every name that the server reports must be known for it', async ({ expect }) => {
    const reported = await inContainer(image, configGet);
    expect(reported.length).toBeGreaterThan(100);
    const unknown = reported.filter((name) => nameFor(canonicalDirective(name) ?? '', server) === undefined);
    expect(unknown).toEqual(onlyByCommand[image] ?? []);
  });

  test('the server must refuse exactly the names that the table says it does not know', async ({ expect }) => {
    const unknown = directiveNames.filter((name) => nameFor(name, server) !== name);
    const known = directiveNames.flatMap((name) => nameFor(name, server) ?? []);
    const refused = await inContainer(image, refusedByServer, ...unknown, '--', ...known);
    expect(refused).toEqual(unknown);
  });
});
