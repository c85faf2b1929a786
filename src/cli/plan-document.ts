import { describeStep, type Plan } from '../domain/plan.ts';

/** @returns a plan as `--json` prints it; never the content of a file */
export const planDocument = (plan: Plan): readonly object[] =>
  plan.map(({ step, because }) => ({
    op: step.op,
    node: 'node' in step ? step.node : null,
    text: describeStep(step),
    because,
  }));
