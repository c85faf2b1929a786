import { expect, test } from 'vitest';
import { toFacts } from '../../../src/engine/facts.ts';
import { errorOf } from '../../helpers/error-of.ts';

test('Podman must be told from Docker', () => {
  const components = [{ Name: 'Podman Engine' }, { Name: 'Conmon' }];
  expect(toFacts({ Version: '5.2.0', Components: components }, {})).toMatchObject({
    product: 'Podman Engine',
    isPodman: true,
    version: '5.2.0',
  });
});

test('what an engine leaves out must be unknown, not wrong', () => {
  expect(toFacts({ Version: '20.10.24' }, {})).toEqual({
    product: 'Docker Engine',
    isPodman: false,
    version: '20.10.24',
    apiVersion: 'unknown',
    host: 'unknown',
    system: 'unknown',
    os: 'unknown',
    arch: 'unknown',
    kernel: 'unknown',
    cgroupVersion: null,
    isRootless: false,
    storageDriver: 'unknown',
    memoryBytes: 0,
    cpus: 0,
  });
});

test('a rootless engine must be told', () => {
  expect(toFacts({ Version: '28.0.0' }, { SecurityOptions: ['name=seccomp', 'name=rootless'] }).isRootless).toBe(true);
});

test('what no engine says must be refused', () => {
  expect(errorOf(() => toFacts({}, {})).code).toBe('engine-refused');
});
