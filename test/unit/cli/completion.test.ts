import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.ts';
import { offerFor } from '../../../src/cli/completion/candidates.ts';
import { readWords, verbOf } from '../../../src/cli/completion/read-words.ts';

async function offer(...words: readonly string[]) {
  const lazy = commands.find(({ name }) => name === verbOf(words));
  const command = await lazy?.load();
  const { candidates, ...rest } = offerFor(readWords(words, command, lazy?.passesOn), command, commands);
  return { words: candidates.map(({ word }) => word), ...rest };
}

describe('what completion offers', () => {
  const nothing = { words: [], live: undefined, paths: undefined };

  test.each([
    ['up --topology |', { words: ['star', 'chain', 'tree', 'custom'] }],
    ['up --topology=|', { words: ['star', 'chain', 'tree', 'custom'] }],
    ['up --password-file |', { paths: 'files' }],
    ['status -n |', { live: 'cluster' }],
    ['-n |', { live: 'cluster' }],
    ['-n demo promote |', { live: 'node' }],
    ['promote slave-1 |', {}],
    ['move slave-1 --source |', { live: 'node' }],
    ['fault |', { words: ['kill', 'stop', 'pause', 'partition', 'heal'] }],
    ['fault kill all |', { words: ['master', 'replicas'], live: 'node' }],
    ['env --format |', { words: ['shell', 'dotenv', 'json', 'github', 'yaml', 'table'] }],
    ['completion |', { words: ['bash', 'zsh', 'fish'] }],
    ['run --isolated -- -|', {}],
    ['cli master -|', {}],
    ['up --password |', {}],
    ['nonsense |', {}],
  ])('%s', async (line, expected) => {
    expect(await offer(...line.replace('|', '').split(' '))).toEqual({ ...nothing, ...expected });
  });

  test('every flag of a verb must be offered, and no secret', async () => {
    const { words } = await offer('up', '-');
    expect(words).toEqual(expect.arrayContaining(['--replicas', '--no-wait', '--name', '-n', '--password-file']));
    expect(words).not.toContain('--password');
  });

  test('every verb must be offered', async () => {
    expect((await offer('')).words).toEqual([...commands.map(({ name }) => name), 'help']);
  });
});
