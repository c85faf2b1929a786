import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.ts';
import { manPage } from '../../../src/cli/man-page.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** A date that changes with every build would be no date of anything. */
function newestRelease(): { readonly version: string; readonly date: string | null } {
  const [, version = '', date = ''] = /^## (\S+) \((.+)\)$/m.exec(read('CHANGELOG.md')) ?? [];
  return { version, date: date === 'unreleased' ? null : date };
}

test('the manual page must be what the descriptions of the verbs say (vitest -u writes it)', async () => {
  const page = manPage(await Promise.all(commands.map(({ load }) => load())), newestRelease());
  await expect(page).toMatchFileSnapshot('../../../docs/rmsx.1');
});

test('the newest release must be that of package.json, and be out or have no date', () => {
  const { version, date } = newestRelease();
  expect(version).toBe(JSON.parse(read('package.json')).version);
  expect(date ?? '2026-12-01').toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test('the date of a release must be in the head of its manual page', () => {
  expect(manPage([], { version: '1.2.3', date: '2026-12-01' })).toMatch(/^\.TH RMSX 1 "2026-12-01" "rmsx 1\.2\.3" /);
});
