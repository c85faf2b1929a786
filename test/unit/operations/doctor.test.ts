import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { Engine, Ports } from '../../../src/domain/ports.ts';
import { doctor } from '../../../src/operations/doctor.ts';

test('what was told on the way to an engine that does not answer must be shown beside that', async () => {
  const dead = (): Promise<never> => Promise.reject(new RmsxError('engine-unreachable', 'It does not answer.'));
  const engine: Partial<Engine> = {
    warnings: ['config.json cannot be read'],
    isLocal: false,
    considered: async () => [],
    facts: dead,
    listContainers: dead,
    listNetworks: dead,
    listVolumes: dead,
    hasImage: dead,
  };
  const { health, findings } = await doctor('demo', async () => ({ engine }) as Ports);
  expect([health, findings.map(({ code, message }) => [code, message])]).toEqual([
    'unusable',
    [
      ['engine-unreachable', 'It does not answer.'],
      ['engine-way', 'config.json cannot be read.'],
    ],
  ]);
});
