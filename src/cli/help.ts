import { createRequire } from 'node:module';
import type Yargs from 'yargs';
import type { Argv } from 'yargs';
import type { Command, OptionSpecs } from './command.ts';
import { commands } from './commands/index.ts';
import { commonOptionsOf } from './options.ts';

const overviewExamples: readonly (readonly [string, string])[] = [
  ['rmsx up --replicas 2', 'one master, two replicas, usable when it returns'],
  ['rmsx fault kill master', 'the master dies'],
  ['rmsx promote slave-1', 'a replica takes over, the other one follows it'],
];

/** @returns the help text of rmsx, or of one command */
export async function helpText(command: Command | undefined): Promise<string> {
  // As one CommonJS file yargs loads in a sixth of the time that its modules take: docs/decisions/006.
  const yargs = createRequire(import.meta.url)('yargs/yargs') as typeof Yargs;
  const part = (): Argv => yargs([]).scriptName('rmsx').locale('en').help(false).version(false).wrap(100);
  const [head, cli] = [part(), part().usage('')]; // yargs prints examples behind all flags; they are what is read first
  if (command) {
    const verb = [command.name, command.positionals].filter(Boolean).join(' ');
    head.usage(`rmsx ${verb}\n\n${command.describe}`);
    for (const [line, text] of command.examples) head.example(line, text);
    describeOptions(cli, command.options, 'Flags:');
  } else {
    head.usage('rmsx VERB [FLAGS]\n\nRedis master/replica topologies in Docker.');
    for (const { name, positionals, describe } of commands) cli.command(`${name} ${positionals}`.trim(), describe);
    cli.option('version', { type: 'boolean', describe: 'the version of rmsx' });
    for (const [line, text] of overviewExamples) head.example(line, text);
  }
  describeOptions(cli, commonOptionsOf(command), 'Common flags:');
  cli.epilogue('Every flag can be given as RMSX_<FLAG>. Exit codes and more: see README.md.');
  return `${(await head.getHelp()).trimEnd()}\n\n${(await cli.getHelp()).trim()}\n`;
}

function describeOptions(cli: Argv, options: OptionSpecs, group: string): void {
  for (const [name, spec] of Object.entries(options)) {
    if (spec.environmentOnly) continue;
    cli.option(name, {
      type: spec.type === 'boolean' ? 'boolean' : 'string',
      describe: spec.describe,
      group,
      ...(spec.alias ? { alias: spec.alias } : {}),
      ...(spec.otherwise ? { defaultDescription: spec.otherwise, default: '' } : {}),
    });
  }
}
