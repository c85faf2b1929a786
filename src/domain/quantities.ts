const units = ['KB', 'MB', 'GB', 'TB'];

/** @returns a size for people, to three digits, counted as servers do: `12.5 MB` is 12.5 times 1024 times 1024 bytes */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 'bytes';
  for (const next of units) {
    if (value < 1000) break;
    value /= 1024;
    unit = next;
  }
  return `${unit === 'bytes' ? value : Number(value.toPrecision(3))} ${unit}`;
}

/** @returns a time for people: `45 s`, `12 min`, `3 h` */
export function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** @returns memory for people, in whole MB of 1024 times 1024 bytes */
export const formatMemory = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
