import { parseChoice } from '../../config/parse-flags.ts';
import { env, variablesOf } from '../../operations/env.ts';
import { type EnvFormat, renderEnv } from '../../render/env-text.ts';
import type { Command } from '../command.ts';
import { formatDocument } from '../output.ts';

const formats = ['shell', 'dotenv', 'json', 'github', 'yaml', 'table'] as const;

/** `rmsx env` */
export const envCommand: Command = {
  name: 'env',
  positionals: '',
  maxPositionals: 0,
  describe: 'connection strings for programs, password included',
  options: {
    format: { type: 'string', describe: 'shell, dotenv, json, github or yaml', values: formats, otherwise: 'shell' },
  },
  examples: [
    ['eval "$(rmsx env)"', 'into this shell'],
    ['rmsx env --format github >> "$GITHUB_ENV"', 'into the next steps of a job'],
  ],
  run: async (args, context) => {
    const text = args.switch('json') ? 'json' : (args.text('format') ?? 'shell');
    const format = args.take(parseChoice('--format', text, formats));
    args.throwIfWrong('rmsx env --help');
    const ports = await context.ports();
    const info = await env(context.name, ports);
    if (!info.hasMaster) ports.progress.warn(`${info.name} has no master now; REDIS_URL names the one that should be`);
    const variables = variablesOf(info);
    const { stdout } = context.streams;
    if (format === 'json' || format === 'yaml') stdout.write(await formatDocument(variables, format));
    else stdout.write(renderEnv(variables, format === 'table' ? 'shell' : (format as EnvFormat)));
    return 0;
  },
};
