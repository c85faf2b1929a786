import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultFileName } from '../config/rmsx-file/limits.ts';
import type { RmsxFile } from '../config/rmsx-file/rmsx-file.ts';

/** Waits for a file, as long as the command may take. */
export type Reading = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** The file that describes a cluster, opened: the name is known, the rest is read where a command needs it. */
export interface Description {
  readonly name: string | undefined;
  parse(): Promise<RmsxFile>;
}

/**
 * Opens the file that is named, or ./rmsx.yaml where that is there.
 * @throws RmsxError `bad-usage` where a file that is named cannot be read, `timeout` where it does not end
 */
export async function openDescription(path: string | undefined, reading: Reading): Promise<Description | undefined> {
  if (path === undefined && !existsSync(defaultFileName)) return undefined; // as mostly: nothing is to be loaded
  const [{ readRmsxFile }, { clusterNameIn }] = await Promise.all([
    import('../files/rmsx-file.ts'),
    import('../config/rmsx-file/cluster-name-in.ts'),
  ]);
  const found = await reading((signal) => readRmsxFile(path, signal));
  if (!found) return undefined;
  let parsed: RmsxFile | undefined;
  return {
    name: clusterNameIn(found.text),
    parse: async () => {
      if (!parsed) {
        const { parseRmsxFile } = await import('../config/rmsx-file/rmsx-file.ts'); // with the YAML parser
        const file = parseRmsxFile(found.text, found.fileName);
        const { passwordFile } = file;
        parsed = passwordFile === undefined ? file : { ...file, passwordFile: resolve(found.directory, passwordFile) };
      }
      return parsed;
    },
  };
}
