import { readFile } from 'node:fs/promises';

/** @returns the text of a file in templates/ */
export const readTemplate = (name: string): Promise<string> =>
  readFile(new URL(`../../templates/${name}`, import.meta.url), 'utf8');
