import { defaultFileName } from '../../config/rmsx-file/limits.ts';
import { checkUpRequest } from '../../config/up-request.ts';
import { quoteForShell } from '../../domain/shell.ts';
import { writeRmsxFile } from '../../files/rmsx-file.ts';
import { init } from '../../operations/init.ts';
import type { Command } from '../command.ts';

/** `rmsx init` */
export const initCommand: Command = {
  name: 'init',
  positionals: '',
  maxPositionals: 0,
  ignoresFile: true, // it writes it
  describe: 'write a commented rmsx.yaml, which describes a cluster',
  options: {
    out: {
      type: 'string',
      describe: 'where to write it; - for standard output',
      values: [':files'],
      otherwise: './rmsx.yaml',
    },
    replicas: { type: 'string', describe: 'how many replicas', otherwise: '2' },
    topology: {
      type: 'string',
      describe: 'star, chain, tree or custom',
      values: ['star', 'chain', 'tree', 'custom'],
      otherwise: 'star',
    },
    image: { type: 'string', describe: 'Redis or Valkey, 6.0 or later', otherwise: 'redis:8.0' },
    force: { type: 'boolean', describe: 'replace a file that is there' },
  },
  examples: [
    ['rmsx init', 'then: rmsx up'],
    ['rmsx init --topology chain --out chain.yaml', 'then: rmsx up -f chain.yaml'],
  ],
  run: async (args, context) => {
    const request = {
      name: args.text('name'),
      image: args.text('image'),
      topology: args.choice('topology', ['star', 'chain', 'tree', 'custom']),
      replicas: args.integer('replicas'),
    };
    const { topology, ...rest } = request;
    // The sources of a custom cluster are written into the file, so there is nothing to say against their absence.
    const shape = topology === 'custom' ? {} : { topology };
    args.report(
      checkUpRequest({ ...rest, ...shape, name: context.name }).filter((problem) => !problem.startsWith('--name')),
    );
    args.throwIfWrong('rmsx init --help');
    const text = await init(request);
    const file = args.text('out') ?? defaultFileName;
    if (file === '-') {
      await context.print({ file: null, written: false, text }, () => text);
      return 0;
    }
    await writeRmsxFile(file, text, { force: args.switch('force') ?? false });
    await context.print({ file, written: true, text: null }, () => '');
    context.tell(`${file} is written; next: rmsx up${file === defaultFileName ? '' : ` -f ${quoteForShell(file)}`}`);
    return 0;
  },
};
