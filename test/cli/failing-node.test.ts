import { expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { runAgainst } from '../helpers/run-against.ts';
import { assertValid } from '../helpers/schemas.ts';
import { pathOf, type StubWorld, sendJson } from '../helpers/stub-engine.ts';

const secret = 'top-secret-7';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** The password in every form in which something could repeat it. */
const told = new RegExp(
  ['top.{1,3}secret', base64(secret).slice(0, 12), base64(`default:${secret}`).slice(-14, -2)].join('|'),
);
const log = [
  '*** FATAL CONFIG FILE ERROR (Redis 8.0.2) ***',
  'Reading the configuration file, at line 3',
  `>>> 'requirepass "another one"'`,
  `\u001b]0;mine\u0007odd: ${secret}\u009b2J`,
  `http://127.0.0.1/?q=${secret.replaceAll('-', '%2d')}, Authorization: Basic ${base64(`default:${secret}`)}`,
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
  const up = ['up', '--replicas', '0', '--base-port', '29379', '--ephemeral', '--json', '-v'];
  const { code, stdout, stderr } = await runAgainst(failing(world), up, { RMSX_PASSWORD: secret, DEBUG: '*' });
  assertValid('error', JSON.parse(stdout));
  const clean = [
    ...log.slice(0, 2),
    ">>> 'requirepass ***'",
    ' ]0;mine odd: *** 2J',
    'http://127.0.0.1/?q=***, Authorization: Basic ZGVmYXVsdD***',
  ];
  const shown = clean.map((line) => `master | ${line}`);
  expect([code, JSON.parse(stdout).error.logs, world.made]).toEqual([1, shown, []]);
  for (const line of shown) expect(stderr).toContain(`    ${line}\n`);
  expect(stdout + stderr).not.toMatch(/another one|[^\P{Cc}\n]/u);
  expect(stdout + stderr).not.toMatch(told);
});

test.each([
  [{ State: { OOMKilled: true }, RestartCount: 3 }, ', out of memory, started again 3 times'],
  [{ State: { OOMKilled: false }, RestartCount: 1 }, ', started again once'],
  [{ State: { OOMKilled: false }, RestartCount: 0 }, ''],
  [{ State: null }, ''],
])('how a node ended must be told: %j', async (end, words) => {
  const world = new MakingWorld((request) => (request.includes('/start') ? [204, ''] : undefined)); // and nothing runs
  const answers = world.behind((request, response) => {
    const isInspected = /^\/containers\/[^/]+\/json$/.test(pathOf(request));
    if (isInspected) sendJson(response, 200, { Config: { User: '' }, ...end });
    return isInspected;
  });
  const { code, stderr } = await runAgainst(answers, ['up', '--replicas', '0', '--no-wait', '--ephemeral']);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`rmsx: master does not stay up (Up 2 minutes${words}).\n`),
  ]);
});

test('what repeats the conf that was sent to an engine must be told without the password', async () => {
  const words = `unexpected: "${secret}" or ${encodeURIComponent(secret)} or ${base64(secret)}`;
  const world = new MakingWorld((request) => (request.startsWith('PUT ') ? [502, words] : undefined));
  const env = { RMSX_PASSWORD: secret, DEBUG: '*' };
  const { code, stdout, stderr } = await runAgainst(world, ['up', '--replicas', '0', '--json', '-v'], env);
  expect([code, JSON.parse(stdout).error.message, world.made]).toEqual([
    1,
    expect.stringContaining('unexpected: '),
    [],
  ]);
  expect(stdout + stderr).not.toMatch(told);
});

test('the words of an engine must not steer a terminal', async () => {
  const world = new MakingWorld((request) =>
    request.includes('/start') ? [500, 'odd \u001b[31mred\u009b'] : undefined,
  );
  const { code, stderr } = await runAgainst(world, ['up', '--replicas', '0', '--no-wait']);
  expect([code, stderr]).toEqual([1, expect.stringContaining(': odd  [31mred\n')]);
});
