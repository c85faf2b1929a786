import { join } from 'node:path';
import { isRendered, usualDirectory } from '../../files/rendered-cluster.ts';
import { type Diagnosis, doctor } from '../../operations/doctor.ts';
import { nodesDirectory } from '../../render/compose-file.ts';
import { renderTable } from '../../render/table.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';

const exitCodes = { usable: 0, degraded: 3, unusable: 6 } as const;

/** `rmsx doctor` */
export const doctorCommand: Command = {
  name: 'doctor',
  positionals: '',
  maxPositionals: 0,
  describe: 'which engine is used and why, and whether a cluster would come up on it',
  options: {},
  examples: [
    ['rmsx doctor', 'a line for everything that was looked at, and what to type'],
    ['rmsx doctor --docker-host ssh://me@host', 'the same for another engine'],
  ],
  run: async (args, context) => {
    args.throwIfWrong('rmsx doctor --help');
    const diagnosis = await doctor(context.name, () => context.ports(), await secretPaths(context));
    await context.print(diagnosis, () => textOf(diagnosis));
    return exitCodes[diagnosis.health];
  },
};

/** What rmsx keeps on this machine, and what it was told to read. */
async function secretPaths({ name, env, file }: Context): Promise<readonly string[]> {
  const directory = await usualDirectory(name);
  const given = env.RMSX_PASSWORD_FILE ?? (await file())?.passwordFile;
  return [
    ...((await isRendered(directory)) ? [join(directory, nodesDirectory)] : []),
    ...(given === undefined ? [] : [given]),
  ];
}

function textOf({ findings, considered, health }: Diagnosis): string {
  const lines = findings.flatMap(({ level, message, next, details }) => [
    `${level.padEnd(8)} ${message}`,
    ...details.map((line) => `           ${line}`),
    ...(next === null ? [] : next.split('\n').map((line) => `         next: ${line}`)),
  ]);
  // Where all is well only what there is matters; where no engine is found, what was tried does.
  const places = considered.filter(({ outcome }) => health === 'unusable' || !['missing', 'empty'].includes(outcome));
  const table = renderTable(places.map(({ place, value, outcome }) => ['', outcome, place, value ?? '']));
  return `${lines.join('\n')}\n${places.length > 0 ? `looked at:\n${table}` : ''}`;
}
