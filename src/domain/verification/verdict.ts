import type { NodeStatus } from '../status.ts';
import type { VerifyEvidence } from './evidence.ts';

/** Whether it is as it should be, in a sentence that begins with the name of the node, and what to type. */
export interface Verdict {
  readonly ok: boolean;
  readonly message: string;
  readonly hint?: string | null;
}

/** What one check of one node is judged by. */
export interface Subject {
  readonly node: NodeStatus;
  readonly evidence: VerifyEvidence;
}
