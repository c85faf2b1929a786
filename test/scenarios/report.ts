import type { Played } from './play.ts';
import type { Refused } from './play-refusals.ts';

/** @returns a run as lines: each invariant, and what else is wrong */
export function reportOf({ judged, problems }: Pick<Played, 'judged' | 'problems'>): string {
  const invariants = judged.flatMap(({ name, says, problems: wrong, without }) => {
    if (without !== null) return [`-      ${name} ${says}  (not looked at: ${without})`];
    return [`${wrong.length === 0 ? 'ok    ' : 'not ok'} ${name} ${says}`, ...wrong.map((each) => `         ${each}`)];
  });
  return `${[...invariants, ...problems.map((each) => `not ok ${each}`)].join('\n')}\n`;
}

/** @returns everything that is wrong with a run, each with the name of what it breaks */
export const failuresOf = ({ judged, problems }: Pick<Played, 'judged' | 'problems'>): readonly string[] => [
  ...judged.flatMap(({ name, problems: wrong }) => wrong.map((each) => `${name}: ${each}`)),
  ...problems,
];

/** @returns a refusal as lines */
export const refusedText = ({ refusal: { name, rmsx, exit }, problems }: Refused): string =>
  [
    `${problems.length === 0 ? 'ok    ' : 'not ok'} while ${name}, \`rmsx ${rmsx}\` ends with ${exit} and changes nothing`,
    ...problems.map((each) => `         ${each}`),
    '',
  ].join('\n');
