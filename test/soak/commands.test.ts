import { describe, test } from 'vitest';
import { checkDisabled } from '../../src/config/commands.ts';
import { commandNames, hasCommand } from '../../src/domain/server-commands.ts';
import { type ServerVersion, versionOfImage } from '../../src/domain/server-version.ts';
import { rows } from '../docker/support/breadth.ts';
import { inContainer } from '../docker/support/in-container.ts';

/** Prints those of the commands that the server does not let a conf disable, one start each; `--port 0` ends the others. */
const refusedByServer = `
for command in "$@"; do
  echo "rename-command $command \\"\\"" >/tmp/x.conf
  case $(timeout 2 redis-server /tmp/x.conf --port 0 --save '' --dir /tmp </dev/null 2>&1) in
    *'No such command'*) echo "$command" ;;
  esac
done`;

/** A trap for browsers that talk to a server; nobody has to disable it. */
const traps = ['POST', 'HOST:'];

/** Prints the commands of a running server, waiting until it answers. */
const commandsOfServer = `
redis-server --save '' >/dev/null &
for try in $(seq 200); do
  if redis-cli ping >/dev/null 2>&1; then break; fi
  sleep 0.05
done
redis-cli eval "local names = {} for i, entry in ipairs(redis.call('command')) do names[i] = string.upper(entry[1]) end return names" 0
redis-cli shutdown nosave >/dev/null 2>&1`;

describe.concurrent.each(rows(['valkey:8.1'], ['redis:6.0', 'redis:7.0', 'redis:8.0']))('%s', (image) => {
  const server = versionOfImage(image) as ServerVersion;

  test('every command of the server must be known for it', async ({ expect }) => {
    const reported = await inContainer(image, commandsOfServer);
    expect(reported.length).toBeGreaterThan(200);
    const unknown = reported.filter((command) => !hasCommand(server, command) && !traps.includes(command));
    const reasons = checkDisabled(unknown).map(({ message }) => message);
    expect(reasons).toEqual(unknown.map((command) => expect.stringContaining(`${command} belongs to a module`)));
  });

  test('the server must refuse to disable exactly what it does not have', async ({ expect }) => {
    const missing = commandNames.filter((command) => !hasCommand(server, command));
    expect(await inContainer(image, refusedByServer, ...commandNames)).toEqual(missing);
  });
});
