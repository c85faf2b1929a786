import { join } from 'node:path';
import { quoteForShell } from '../../domain/shell.ts';
import { usualDirectory } from '../../files/rendered-cluster.ts';
import { type RenderResult, render } from '../../operations/render.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { dryRunOption } from '../options.ts';
import { readUpRequest, upRequestOptions } from '../request.ts';

/** `rmsx render` */
export const renderCommand: Command = {
  name: 'render',
  positionals: '',
  maxPositionals: 0,
  describe: 'write redis.conf files and a compose file; touches no engine',
  options: {
    ...upRequestOptions,
    out: {
      type: 'string',
      describe: 'the directory that gets the files',
      values: [':directories'],
      otherwise: './NAME, . in a rendered one',
    },
    templates: {
      type: 'string',
      describe: 'a directory with redis.conf, compose.yaml or cluster-readme.md of your own',
      values: [':directories'],
    },
    force: {
      type: 'boolean',
      describe: 'replace edited files, each is kept as FILE.orig; replace another cluster; change the persistence',
    },
    ...dryRunOption,
  },
  examples: [
    ['rmsx render --out demo', 'then, in demo: docker compose up -d'],
    ['rmsx render -n demo --topology chain --subnet auto', 'into ./demo'],
    ['rmsx render --templates my-templates', 'files in your own way'],
  ],
  run: async (args, context) => {
    const request = await readUpRequest(args, context);
    const out = args.text('out');
    if (out === '-') {
      args.report([`${args.nameOf('out')}: - would be standard output, and render writes a directory: name one`]);
    }
    const options = {
      out: out ?? (await usualDirectory(request.name)),
      keepName: !context.isNameGiven,
      templatesDirectory: args.text('templates'),
      force: args.switch('force') ?? false,
      dryRun: args.switch('dry-run') ?? false,
    };
    args.throwIfWrong('rmsx render --help');
    await report(await render(request, options), options.dryRun, context);
    return 0;
  },
};

async function report(result: RenderResult, dryRun: boolean, context: Context): Promise<void> {
  const { out, cluster, files, changed, password } = result;
  const { name, subnet, topology } = cluster;
  const width = (dryRun ? 'would remove' : 'unchanged').length;
  await context.print({ out, dryRun, changed, cluster: { name, topology, subnet }, password, files }, () =>
    files.map(({ path, state }) => `${state.replace('-', ' ').padEnd(width)}  ${join(out, path)}\n`).join(''),
  );
  for (const text of result.warnings) context.tell(`warning: ${text}`);
  if (dryRun) return;
  if (password === 'generated') {
    context.tell(`a password was generated; it is in ${join(out, 'nodes')}, which is closed to other users`);
  }
  for (const { path } of files.filter(({ state }) => state === 'kept')) {
    context.tell(`${join(out, path)} belongs to no node any more, and is kept as it was edited`);
  }
  if (!changed) context.tell('nothing changed');
  const again = files.some(({ state }) => state !== 'written') && changed ? ' --remove-orphans' : '';
  const recreate = password === 'changed' ? ' --force-recreate' : '';
  context.tell(`next: docker compose -f ${quoteForShell(join(out, 'compose.yaml'))} up -d${again}${recreate}`);
}
