/** What each exit code means, for the manual page and README.md: one line for each, and codes that mean the same kind of thing together. */
export const exitCodeTexts: readonly (readonly [codes: string, text: string])[] = [
  ['0', 'done, healthy, or nothing to do'],
  ['1', 'failed, and says why; what this run made was taken back unless `--retain`'],
  ['2', 'wrong usage: every problem at once, nothing touched'],
  ['3', 'degraded'],
  ['4', 'no such cluster or node'],
  ['5', 'conflict: subnet, port, name, a foreign object, a cluster made in another way, or another rmsx at work on it'],
  ['6', 'the Docker engine cannot be reached, or refuses'],
  ['7', 'refused as unsafe, nothing changed'],
  ['8', 'the new master is in place, but not everything follows it'],
  ['9', 'the image is not there'],
  ['70', 'a bug in rmsx, or work that never finished'],
  ['124', 'out of time'],
  ['126, 127', 'the command of `run` cannot be executed, or is not there; nothing was made'],
  [
    '130, 143',
    'interrupted, terminated; what this run made was taken back unless `--retain`. A second signal ends it at once, and names what cleans up; the same one within 60 ms is the first one passed on, by `timeout` or npm',
  ],
];
