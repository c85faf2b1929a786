import { expect, test } from 'vitest';
import { timezoneProblem } from '../../../src/config/timezone.ts';

test.each([
  'UTC',
  'GMT',
  'Europe/Berlin',
  'Asia/Kolkata',
  'America/Argentina/Buenos_Aires',
  'Etc/GMT+5',
  'EST5EDT',
  'CET',
  ':Europe/Berlin',
  ':/etc/localtime',
  '<+03>-3',
  'CET-1CEST,M3.5.0,M10.5.0/3',
  'IST-1GMT0,M10.5.0,M3.5.0/1',
])('%s must be a time zone', (zone) => {
  expect(timezoneProblem(zone)).toBeUndefined();
});

test.each([
  ['Berlin', '"Berlin" is not a time zone, such as Europe/Berlin'],
  ['Europe/Berlln', '"Europe/Berlln" is not a time zone, such as Europe/Berlin'],
  ['+01:00', '"+01:00" is not a time zone, such as Europe/Berlin'],
  ['', '"" is not a time zone, such as Europe/Berlin'],
  ['a b', '"a b" is not a time zone, such as Europe/Berlin'],
  ['europe/berlin', '"europe/berlin" is not a time zone: write Europe/Berlin'],
  ['utc', '"utc" is not a time zone: write UTC'],
])('"%s" must be refused: the servers would take UTC without a word', (zone, problem) => {
  expect(timezoneProblem(zone)).toBe(problem);
});
