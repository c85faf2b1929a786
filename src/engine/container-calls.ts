import type { Engine } from '../domain/ports.ts';
import { execCalls } from './exec-calls.ts';
import { fileCalls } from './file-calls.ts';
import { logCalls } from './log-calls.ts';
import { readFile } from './read-file.ts';
import type { Wire } from './wire.ts';

/** What goes into containers and comes out of them: files, logs, and programs beside the server. */
export const containerCalls = (
  wire: Wire,
): ReturnType<typeof fileCalls> &
  ReturnType<typeof logCalls> &
  ReturnType<typeof execCalls> &
  Pick<Engine, 'readFile'> => ({
  ...fileCalls(wire),
  ...logCalls(wire),
  ...execCalls(wire),
  readFile: (id, path, limitBytes) => readFile(wire, id, path, limitBytes),
});
