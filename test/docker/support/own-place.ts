/** Where a cluster may be that chooses for itself. */
export interface Place {
  /** CIDR. */
  readonly subnet: string;
  /** Nine more after it are its own, too. */
  readonly basePort: number;
}

/** As many as one worker has, before it comes to the first again. */
const placesOfAWorker = 40;
let taken = 0;

/**
 * A place out of the range from which `auto` takes, which no other test has. Those whose place follows from a name, as
 * in rendered files, would meet one day.
 */
export function ownPlace(): Place {
  const worker = Number(process.env.VITEST_POOL_ID) % 4;
  const number = worker * placesOfAWorker + (taken++ % placesOfAWorker);
  return { subnet: `10.202.${number}.0/24`, basePort: 31_000 + number * 10 };
}

/** @returns the flags that ask for a place */
export const flagsOf = ({ subnet, basePort }: Place): readonly string[] => [
  '--subnet',
  subnet,
  '--base-port',
  `${basePort}`,
];
