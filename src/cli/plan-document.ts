import { describeStep, formatPlan, type Plan } from '../domain/plan.ts';

/** @returns a plan as people read it, before it is carried out */
export const planText = (plan: Plan): string => `${plan.length > 0 ? formatPlan(plan) : 'nothing to do'}\n`;

/** @returns a plan as `--json` prints it; never the content of a file */
export const planDocument = (plan: Plan): readonly object[] =>
  plan.map(({ step, because }) => ({
    op: step.op,
    node: 'node' in step ? step.node : null,
    text: describeStep(step),
    because,
  }));
