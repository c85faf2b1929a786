import { RmsxError } from '../../src/domain/errors.ts';

/** The parts of an error that people and scripts see. */
export interface SeenError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly problems: readonly string[];
}

/** @returns what a piece of work refuses with; throws where it succeeds, or fails in another way */
export function errorOf(work: () => unknown): SeenError {
  try {
    work();
  } catch (error) {
    return seen(error);
  }
  throw new Error('nothing was refused');
}

/** The same for a promise. */
export async function rejectionOf(work: Promise<unknown>): Promise<SeenError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  return seen(error);
}

function seen(error: unknown): SeenError {
  if (!(error instanceof RmsxError)) throw error;
  const { code, message, hint, problems } = error;
  return { code, message, hint, problems };
}
