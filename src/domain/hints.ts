import { defaultClusterName } from './names.ts';

/** @returns a command to type, with the name of the cluster where it is needed */
export const rmsxCommand = (cluster: string, rest: string): string =>
  cluster === defaultClusterName ? `rmsx ${rest}` : `rmsx ${rest} -n ${cluster}`;
