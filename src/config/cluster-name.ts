import { clusterNamePattern } from '../domain/names.ts';

const maxNameLength = 100;

/** @returns what is wrong with a cluster name; nothing when it is sound */
export function clusterNameProblem(name: string): readonly string[] {
  if (clusterNamePattern.test(name) && name.length <= maxNameLength) return [];
  return [
    `"${name}" is not the name of a cluster: up to ${maxNameLength} of a-z, 0-9, _ and -, beginning with a letter or a digit`,
  ];
}
