import { handOverScenarios } from './hand-over-scenarios.ts';
import { linkScenarios, rebirthScenarios } from './link-scenarios.ts';
import { promotionScenarios } from './promotion-scenarios.ts';
import { repairScenarios } from './repair-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario there is. */
export const scenarios: readonly Scenario[] = [
  ...linkScenarios,
  ...rebirthScenarios,
  ...promotionScenarios,
  ...handOverScenarios,
  ...repairScenarios,
];
