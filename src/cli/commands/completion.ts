import { parseChoice } from '../../config/parse-flags.ts';
import { readTemplate } from '../../files/templates.ts';
import type { Command } from '../command.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

const install = `bash: echo 'source <(rmsx completion bash)' >> ~/.bashrc
zsh:  echo 'source <(rmsx completion zsh)' >> ~/.zshrc, behind compinit
fish: rmsx completion fish > ~/.config/fish/completions/rmsx.fish`;

/** `rmsx completion` */
export const completionCommand: Command = {
  name: 'completion',
  positionals: 'SHELL',
  maxPositionals: 1,
  positionalValues: [shells],
  ignoresFile: true,
  describe:
    'the completion script for bash, zsh or fish: verbs, flags, their values, and the names of clusters and nodes that are there',
  options: {},
  examples: [
    ['source <(rmsx completion bash)', 'in ~/.bashrc'],
    ['source <(rmsx completion zsh)', 'in ~/.zshrc, behind compinit'],
    ['rmsx completion fish > ~/.config/fish/completions/rmsx.fish', 'once'],
  ],
  run: async (args, context) => {
    const [word] = args.positionals;
    if (word === undefined) args.report(['SHELL: name bash, zsh or fish']);
    const shell = word === undefined ? undefined : args.take(parseChoice('SHELL', word, shells));
    args.throwIfWrong(install);
    const script = await readTemplate(`completion/rmsx.${shell}`);
    await context.print({ shell, script }, () => script);
    return 0;
  },
};
