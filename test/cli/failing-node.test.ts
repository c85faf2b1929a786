import { expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { assertValid } from '../helpers/schemas.ts';
import { pathOf, type StubWorld } from '../helpers/stub-engine.ts';

const secret = 'top-secret-7';
const log = [
  '*** FATAL CONFIG FILE ERROR (Redis 8.0.2) ***',
  'Reading the configuration file, at line 3',
  `>>> 'requirepass "another one"'`,
  `\u001b]0;mine\u0007odd: ${secret}\u009b2J`,
];

/** Makes everything, and nothing of it stays up: its log says why. */
function failing(world: MakingWorld): StubWorld {
  return world.behind((request, response) => {
    if (!/^\/containers\/[^/]+\/logs/.test(pathOf(request))) return false;
    const text = Buffer.from(log.map((line) => `${line}\n`).join(''));
    const header = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(text.length, 4);
    response.writeHead(200).end(Buffer.concat([header, text]));
    return true;
  });
}

test('the log of a node that fails must be shown without secrets, and without what steers a terminal', async () => {
  const world = new MakingWorld((request) => (request.includes('/start') ? [204, ''] : undefined)); // and nothing runs
  const up = ['up', '--replicas', '0', '--base-port', '29379', '--ephemeral', '--json'];
  const { code, stdout, stderr } = await runAgainst(failing(world), up, { RMSX_PASSWORD: secret });
  assertValid('error', JSON.parse(stdout));
  const shown = [...log.slice(0, 2), ">>> 'requirepass ***'", ' ]0;mine odd: *** 2J'].map((line) => `master | ${line}`);
  expect([code, JSON.parse(stdout).error.logs, world.made]).toEqual([1, shown, []]);
  for (const line of shown) expect(stderr).toContain(`    ${line}\n`);
  expect(stdout + stderr).not.toMatch(/top-secret|another one|[^\P{Cc}\n]/u);
});

test('the words of an engine must not steer a terminal', async () => {
  const world = new MakingWorld((request) =>
    request.includes('/start') ? [500, 'odd \u001b[31mred\u009b'] : undefined,
  );
  const { code, stderr } = await runAgainst(world, ['up', '--replicas', '0', '--no-wait']);
  expect([code, stderr]).toEqual([1, expect.stringContaining(': odd  [31mred\n')]);
});
