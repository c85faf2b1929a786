import { expect, test } from 'vitest';
import { refuseTakenPlaces } from '../../../src/plan/taken-places.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, containers } from '../../helpers/values.ts';

const spec = cluster(2);
const own = containers(spec);
const guest = { containerId: 'id-guest', name: 'guest', ip: '172.19.0.11' };

test('new addresses that somebody else has must be refused with who has them, those of the others not', () => {
  const endpoints = [guest, { ...guest, ip: '172.19.0.10' }];
  expect(errorOf(() => refuseTakenPlaces(spec, ['slave-1'], own, { busyPorts: [6379, 6380], endpoints }))).toEqual({
    code: 'conflict',
    message: '2 new addresses of redis-server are taken.',
    problems: [
      'Port 6380 is taken by a process of this host.',
      'The address 172.19.0.11 of slave-1 belongs to the container guest.',
    ],
    hint: "See which: ss -ltnp 'sport = :6380'\ndocker network disconnect redis-server_app_net guest   or choose another one",
  });
});

test.each([
  ['of its own containers', [{ containerId: 'id-slave-2', name: 'redis-server-slave-2', ip: '172.19.0.11' }]],
  ['of containers that are gone', [{ ...guest, containerId: null }]],
])('addresses %s must be in nobody’s way', (_, endpoints) => {
  expect(() => refuseTakenPlaces(spec, ['slave-1'], own, { busyPorts: [], endpoints })).not.toThrow();
});
