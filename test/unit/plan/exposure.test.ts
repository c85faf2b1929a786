import { expect, test } from 'vitest';
import { exposureWarnings, refuseGuessable } from '../../../src/plan/exposure.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster } from '../../helpers/values.ts';

test.each(['127.0.0.1', '127.9.9.9'])('%s must be nothing to warn of, whatever the password', (bind) => {
  expect(exposureWarnings(cluster(1, { bind }))).toEqual([]);
  expect(() => refuseGuessable(cluster(1, { bind }), 'x')).not.toThrow();
});

test.each(['0.0.0.0', '192.168.1.7', '12.70.0.1'])(
  '%s must be warned of, and take a password of 16 characters',
  (bind) => {
    const open = cluster(1, { bind });
    expect(exposureWarnings(open)).toEqual([expect.stringContaining(`published on ${bind}: everybody who reaches`)]);
    expect(() => refuseGuessable(open, 'a'.repeat(16))).not.toThrow();
    const { code, message } = errorOf(() => refuseGuessable(open, '\u{1f511}'.repeat(15)));
    expect([code, message]).toEqual(['unsafe', expect.stringContaining('of 15 characters')]);
    expect(message).not.toContain('\u{1f511}');
  },
);
