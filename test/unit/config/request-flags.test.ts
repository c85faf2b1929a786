import { expect, test } from 'vitest';
import { flagsOfRequest } from '../../../src/config/request-flags.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';

test.each<[Partial<UpRequest>, string]>([
  [{}, ''],
  [{ replicas: 3, image: 'redis:7.0' }, '--replicas 3 --image redis:7.0'],
  [{ subnet: 'auto', basePort: 'auto', bind: '0.0.0.0' }, '--subnet auto --base-port auto --bind 0.0.0.0'],
  [{ topology: 'tree', fanout: 3, timezone: '<+03>-3' }, "--topology tree --fanout 3 --tz '<+03>-3'"],
  [{ persistence: 'none' }, '--ephemeral'],
  [{ persistence: 'aof' }, '--no-ephemeral'],
  [{ directives: { save: ['60 1', '300 10'], hz: ['20'] } }, "--set 'save=60 1' --set 'save=300 10' --set hz=20"],
  [{ image: "it's" }, String.raw`--image 'it'\''s'`],
  [{ allowCommands: ['KEYS'], password: 'secret' }, '--allow-command KEYS --password-file FILE'],
  [{ complete: true, replicas: 5, nodes: { 'slave-1': {} } }, '-f FILE'],
])('%j must be asked for again by its flags', (asked, flags) => {
  expect(flagsOfRequest({ name: 'demo', ...asked })).toBe(flags);
});
