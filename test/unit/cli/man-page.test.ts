import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.ts';
import { manPage } from '../../../src/cli/man-page.ts';

test('the manual page must be what the descriptions of the verbs say (vitest -u writes it)', async () => {
  const page = manPage(await Promise.all(commands.map(({ load }) => load())));
  await expect(page).toMatchFileSnapshot('../../../docs/rmsx.1');
});
