#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Success is earned: a promise that never settles lets Node end in silence, and that must not look like success.
process.exitCode = 70;
let isSettled = false;
process.on('exit', () => {
  if (!isSettled) process.stderr.write('rmsx: internal error: the work never finished\n');
});

if (existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2), process.env, process);
} else {
  process.stderr.write('rmsx: it is not built yet\nhint: npm ci && npm run build\n');
}
isSettled = true;
