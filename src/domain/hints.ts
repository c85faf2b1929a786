import { defaultClusterName } from './names.ts';

/** @returns a command to type, with the name of the cluster where it is needed */
export const rmsxCommand = (cluster: string, rest: string): string =>
  cluster === defaultClusterName ? `rmsx ${rest}` : `rmsx ${rest} -n ${cluster}`;

/**
 * @param force - whether the promotion is refused without it, or was asked for with it
 * @returns the command that promotes a node
 */
export const promotion = (cluster: string, node: string, force: boolean): string =>
  rmsxCommand(cluster, `promote ${node}${force ? ' --force' : ''}`);

/**
 * Ways out as one hint, a line for each: `Bring it back: …`, `Or remove it: …`.
 * @param ways - as they follow an "or"; undefined for those that there are not
 */
export const waysOut = (...ways: readonly (string | undefined)[]): string =>
  ways
    .filter((way) => way !== undefined)
    .map((way, i) => (i === 0 ? way.charAt(0).toUpperCase() + way.slice(1) : `Or ${way}`))
    .join('\n');
