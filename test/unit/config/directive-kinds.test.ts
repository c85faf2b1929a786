import { describe, expect, test } from 'vitest';
import { checkedDirectives, valueProblem } from '../../../src/config/directive-kinds.ts';
import { settingFor } from '../../../src/config/settings.ts';
import { checkUpRequest } from '../../../src/config/up-request.ts';
import { directiveNames } from '../../../src/domain/directives.ts';

test('every directive in the table must be one that servers know, and no setting, which has its own check', () => {
  expect(checkedDirectives.filter((name) => !directiveNames.includes(name) || settingFor(name))).toEqual([]);
});

describe('a value that no server takes must be refused at once', () => {
  test.each([
    ['appendfsync', 'sometimes', 'one of always, everysec, no'],
    ['hz', '-5', 'a whole number, 0 or more'],
    ['maxclients', '5s', 'a whole number, 1 or more'],
    ['maxclients', 'many', 'a whole number, 1 or more'],
    ['maxclients', '0', 'a whole number, 1 or more'],
    ['timeout', '5s', 'a whole number, 0 or more'],
    ['timeout', '1 2', 'a whole number, 0 or more'],
    ['rdbcompression', 'true', 'yes or no'],
    ['slave-lazy-flush', 'x', 'yes or no'],
    ['proto-max-bulk-len', '5 apples', 'a size, such as 16mb'],
  ])('%s %s', (name, text, expected) => {
    expect(checkUpRequest({ name: 'demo', directives: { [name]: [text] } })).toEqual([
      `--set ${name}: ${text} is not ${expected}`,
    ]);
    expect(checkUpRequest({ name: 'demo', nodes: { 'slave-1': { directives: { [name]: [text] } } } })).toEqual([
      `nodes.slave-1.redis.${name}: ${text} is not ${expected}`,
    ]);
  });
});

test.each([
  ['appendfsync', 'EverySec'],
  ['hz', '10'],
  ['maxclients', '5000'],
  ['rdbcompression', 'NO'],
  ['proto-max-bulk-len', '512mb'],
  ['slowlog-log-slower-than', '-1'],
  ['oom-score-adj-values', 'x'],
])('%s %s must be let through', (name, text) => {
  expect(valueProblem(name, [text])).toBe(undefined);
});
