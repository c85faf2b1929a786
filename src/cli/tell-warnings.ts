import type { Warning } from '../domain/status.ts';
import type { Context } from './context.ts';

/** Tells what is wrong, and what to type, each on a line of its own. */
export function tellWarnings(warnings: readonly Pick<Warning, 'message' | 'hint'>[], context: Context): void {
  for (const { message, hint } of warnings) {
    context.tell(`warning: ${message}`);
    if (hint !== null) context.tell(`hint: ${hint}`);
  }
}
