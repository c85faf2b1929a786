import { describe, expect, test } from 'vitest';
import { limitedClasses, mergeDirectives } from '../../../src/domain/merge-directives.ts';

const limit = 'client-output-buffer-limit';

describe('directives on top of others', () => {
  test('must take the place of those with the same name, and leave the others', () => {
    expect(mergeDirectives({ hz: ['10'], save: ['60 1'] }, { save: ['3600 1', '300 100'] })).toEqual({
      hz: ['10'],
      save: ['3600 1', '300 100'],
    });
    expect(mergeDirectives(undefined, undefined)).toEqual({});
  });

  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [['replica 1gb 64mb 60'], ['normal 1mb 1mb 1'], ['replica 1gb 64mb 60', 'normal 1mb 1mb 1']],
    [['replica 1gb 64mb 60'], ['slave 2gb 64mb 60'], ['slave 2gb 64mb 60']],
    [['normal 0 0 0 replica 1 1 1 pubsub 2 2 2'], ['REPLICA 5 5 5'], ['normal 0 0 0', 'pubsub 2 2 2', 'REPLICA 5 5 5']],
    [['replica 1 1 1'], ['replica 1 1 1'], ['replica 1 1 1']],
  ])('must keep the limits of classes that are not named: %j below %j', (below, above, merged) => {
    expect(mergeDirectives({ [limit]: below }, { [limit]: above })).toEqual({ [limit]: merged });
  });

  test('must keep the limits where nothing is said of them', () => {
    expect(mergeDirectives({ [limit]: ['replica 1 1 1'] }, { hz: ['20'] })).toMatchObject({
      [limit]: ['replica 1 1 1'],
    });
  });
});

test('the classes that have a limit must be known by their modern name', () => {
  expect(limitedClasses(['slave 1 1 1 pubsub 2 2 2', 'normal 0 0 0'])).toEqual(['replica', 'pubsub', 'normal']);
});
