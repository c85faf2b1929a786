import type { Command, OptionSpecs } from './command.ts';

/** Flags that every command takes. */
export const commonOptions: OptionSpecs = {
  name: { type: 'string', alias: 'n', describe: 'the cluster', otherwise: 'redis-server', values: [':cluster'] },
  file: {
    type: 'string',
    alias: 'f',
    describe: 'describes the cluster; - for standard input',
    values: [':files'],
    otherwise: './rmsx.yaml, if it is there',
  },
  format: { type: 'string', describe: 'table, json or yaml', otherwise: 'table', values: ['table', 'json', 'yaml'] },
  json: { type: 'boolean', describe: 'short for --format json' },
  timeout: { type: 'string', describe: 'how long it may take, with a unit', otherwise: '60s' },
  'docker-host': {
    type: 'string',
    describe: 'the engine: unix:///PATH, tcp://HOST:PORT, ssh://USER@HOST',
    otherwise: 'as docker finds it',
  },
  'docker-context': { type: 'string', describe: 'the docker context that names the engine' },
  'insecure-engine': {
    type: 'boolean',
    describe: 'allow plain TCP to another machine',
  },
  quiet: { type: 'boolean', alias: 'q', describe: 'no progress on stderr' },
  verbose: { type: 'boolean', alias: 'v', describe: 'say more on stderr' },
  color: { type: 'boolean', describe: 'colour on a terminal; --no-color and NO_COLOR switch it off' },
  yes: { type: 'boolean', alias: 'y', describe: 'answer every question with yes' },
  help: { type: 'boolean', alias: 'h', describe: 'this text' },
};

/** @returns the flags that a command takes beside its own; all of them without one */
export function commonOptionsOf(command?: Command): OptionSpecs {
  const own = command?.options ?? {};
  const isCommon = (name: string): boolean => !(name in own || (name === 'file' && command?.ignoresFile));
  return Object.fromEntries(Object.entries(commonOptions).filter(([name]) => isCommon(name)));
}

/** @returns how the flags are written that take a value: `--name`, `-n` */
export const flagsWithValue = (options: OptionSpecs): readonly string[] =>
  Object.entries(options).flatMap(([name, { type, alias }]) =>
    type === 'boolean' ? [] : [`--${name}`, ...(alias ? [`-${alias}`] : [])],
  );

/** The flag of the commands that look at the whole engine: the environment says which cluster other verbs work on. */
export const onlyOption: OptionSpecs = {
  name: {
    type: 'string',
    alias: 'n',
    describe: 'this cluster only; RMSX_NAME is not heeded',
    otherwise: 'all',
    values: [':cluster'],
  },
};

/** The flag of the commands that change something. */
export const dryRunOption: OptionSpecs = {
  'dry-run': { type: 'boolean', describe: 'say what would be done, and do nothing' },
};
