import type { Engine } from '../domain/ports.ts';

/**
 * Removes a container that would be in the way of others. It is asked for twice where a connection broke or an engine
 * faltered: by its id, nothing else can be met.
 * @throws RmsxError what the second answer says
 */
export const removeSurely = (engine: Engine, id: string): Promise<void> =>
  engine.removeContainer(id).catch(() => engine.removeContainer(id));
