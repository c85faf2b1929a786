import type { Warning } from '../status.ts';
import { diskWarnings } from './disk.ts';
import { historyWarnings } from './histories.ts';
import { imageAdvice } from './images.ts';
import { linkWarnings } from './links.ts';
import { masterWarnings } from './masters.ts';
import { rebornWarnings } from './reborn.ts';
import { confWarnings, roleWarnings } from './roles.ts';
import type { Scene } from './scene.ts';
import { passwordWarnings, placeWarnings, stateWarnings, strayWarnings } from './states.ts';
import { backlogAdvice, flappingWarnings } from './traffic.ts';
import { refusedWrites, writableReplicas } from './writes.ts';

/** What may be wrong, the most serious first: data that is lost, writes that are refused, nodes, links, the rest. */
const diagnoses: readonly ((scene: Scene) => readonly Warning[])[] = [
  passwordWarnings,
  rebornWarnings,
  masterWarnings,
  placeWarnings,
  diskWarnings,
  refusedWrites,
  stateWarnings,
  writableReplicas,
  roleWarnings,
  linkWarnings,
  flappingWarnings,
  historyWarnings,
  confWarnings,
  strayWarnings,
  imageAdvice,
  backlogAdvice,
];

/**
 * Everything that is not as it should be, most serious first, one warning for each cause.
 * @returns nothing for a healthy cluster
 */
export const findWarnings = (scene: Scene): readonly Warning[] => diagnoses.flatMap((diagnose) => diagnose(scene));
