import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { fateOf, hasEnded, newRun, ownerOfRun, thisProcess } from '../../../src/files/process-owner.ts';

test('a process that runs must not count as ended', () => {
  expect(hasEnded(thisProcess())).toBe(false);
});

test('a process that was killed must count as ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const owner = `${hostname()}/${child.pid}/`;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(hasEnded(owner)).toBe(true);
});

test('a number that another process has now must count as ended', () => {
  const [host, pid, start] = thisProcess().split('/');
  expect(hasEnded([host, pid, `${start}9`].join('/'))).toBe(true);
});

test.each(['elsewhere/1/5', 'elsewhere/99999999/5', '', 'x', `${hostname()}/abc/1`])(
  'what cannot be asked must not count as ended: %j',
  (owner) => {
    expect(hasEnded(owner)).toBe(false);
  },
);

test('a number in another container must not be taken for one of ours', () => {
  const [host, , start] = thisProcess().split('/');
  expect(fateOf([host, 99999999, start, '1'].join('/'))).toBe('unknown');
  expect(fateOf([host, 99999999, start].join('/'))).toBe('ended'); // as they were written before
});

test('a process of another machine that has the same name must not be taken for one of ours', () => {
  const [host, , start, numbering, boot] = thisProcess().split('/');
  expect(fateOf([host, 99999999, start, numbering, boot].join('/'))).toBe('ended');
  expect(fateOf([host, 99999999, start, numbering, '00c0ffee'].join('/'))).toBe('unknown');
});

test('the mark of a run must be new each time, and name its process', () => {
  const [one, other] = [newRun(), newRun()];
  expect(one).not.toBe(other);
  expect(ownerOfRun(one)).toBe(thisProcess());
  expect(fateOf(ownerOfRun(one) ?? '')).toBe('alive');
  expect(ownerOfRun('0123456789abcdef')).toBe(undefined);
});
