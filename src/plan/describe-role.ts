import type { NodeSpec } from '../domain/cluster.ts';

/** @returns the writing of a role, as a sentence of a plan */
export const describeRole = ({ name, source }: Pick<NodeSpec, 'name' | 'source'>): string =>
  `write the role of ${name}: ${source === null ? 'master' : `replica of ${source}`}`;
