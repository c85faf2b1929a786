/** The file that is used where none is named. */
export const defaultFileName = 'rmsx.yaml';

/** The only format so far. */
export const apiVersion = 'rmsx/v1';

/**
 * The longest file that is read, in characters: enough for thousands of nodes. Hostile YAML of a megabyte takes the
 * parser all of the memory; of this length, a few seconds at worst.
 */
export const maxFileLength: number = 256 * 1024;
