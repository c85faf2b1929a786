import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { hasEnded, thisProcess } from '../../../src/files/process-owner.ts';

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
