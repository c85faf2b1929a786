import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Engine } from '../../../src/domain/ports.ts';
import { readRecord } from '../../../src/operations/read-confs.ts';
import { cluster, containers } from '../../helpers/values.ts';

/** An engine from which nothing can be read, for this reason. */
const failing = (error: RmsxError): Engine => {
  const engine: Partial<Engine> = {
    stampOf: async () => null,
    readFiles: async () => {
      throw error;
    },
  };
  return engine as Engine;
};

test('a cluster that is being removed by somebody else must count as one without a record', async () => {
  const error = new RmsxError('failed', 'The engine could not read: (HTTP code 500) no such file or directory');
  expect(await readRecord(failing(error), containers(cluster(2)))).toBeNull();
});

test.each(['engine-unreachable', 'timeout', 'interrupted'] as const)('%s must be told all the same', async (code) => {
  const error = new RmsxError(code, 'no');
  await expect(readRecord(failing(error), containers(cluster(2)))).rejects.toBe(error);
});
