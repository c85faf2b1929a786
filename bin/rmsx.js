#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Success is earned: a promise that never settles lets Node end in silence, and that must not look like success.
process.exitCode = 70;
let isSettled = false;
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => {
    isSettled = true; // it has an end, and a message
    const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
    const where = lines.filter((line) => line.startsWith('    at ')).slice(0, 3); // without the message: it may hold secrets
    process.stderr.write(
      `rmsx: internal error: ${error instanceof Error ? error.name : 'unknown'}\n${where.join('\n')}\n`,
    );
    process.exit(70);
  });
}
process.on('exit', (code) => {
  if (!isSettled && code === 70) process.stderr.write('rmsx: internal error: the work never finished\n');
});

if (existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2), process.env, process);
} else {
  process.stderr.write('rmsx: it is not built yet\nhint: npm ci && npm run build\n');
}
isSettled = true;
