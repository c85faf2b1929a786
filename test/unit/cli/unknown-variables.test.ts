import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.ts';
import { commonOptions } from '../../../src/cli/options.ts';
import { flagNames, unknownVariables } from '../../../src/cli/unknown-variables.ts';

test('the flags must be those of all verbs', async () => {
  const verbs = await Promise.all(commands.map((command) => command.load()));
  const flags = [commonOptions, ...verbs.map(({ options }) => options)].flatMap((options) => Object.keys(options));
  expect([...flagNames].sort()).toEqual([...new Set(flags)].sort());
});

test.each([
  ['RMSX_REPLCAS', 'RMSX_REPLCAS means nothing to rmsx; did you mean RMSX_REPLICAS?'],
  ['RMSX_BASEPORT', 'RMSX_BASEPORT means nothing to rmsx; did you mean RMSX_BASE_PORT?'],
  ['RMSX_SOMETHING_ELSE_ALTOGETHER', 'RMSX_SOMETHING_ELSE_ALTOGETHER means nothing to rmsx'],
])('%s must be told', (name, sentence) => {
  expect(unknownVariables({ [name]: '1', PATH: '/bin', RMSX_REPLICAS: '2', RMSX_PASSWORD: 'x' })).toEqual([sentence]);
});
