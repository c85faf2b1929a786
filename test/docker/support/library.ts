import { connect, type Ports } from '../../../src/operations.ts';

let connecting: Promise<Ports> | undefined;

/**
 * The library, connected to the engine: for looking at what the real rmsx has done. A process for every look would take
 * what the servers need, many times over.
 */
export function library(): Promise<Ports> {
  connecting ??= connect();
  return connecting;
}
