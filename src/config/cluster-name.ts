import { clusterNamePattern } from '../domain/names.ts';

const maxNameLength = 100;

/** @returns every problem of a cluster name */
export function checkClusterName(name: string): readonly string[] {
  if (clusterNamePattern.test(name) && name.length <= maxNameLength) return [];
  return [
    `--name: "${name}" is not the name of a cluster: up to ${maxNameLength} of a-z, 0-9, _ and -, beginning with a letter or a digit`,
  ];
}
