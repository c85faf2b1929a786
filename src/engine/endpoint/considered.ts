import type { ConsideredEngine } from '../../domain/engine-facts.ts';
import { currentContext } from './docker-config.ts';
import type { EngineChoice } from './endpoint.ts';
import { nameEngine } from './find-endpoint.ts';
import { type KnownSocket, knownSockets, socketState } from './known-sockets.ts';

/**
 * Every place at which an engine is looked for, in order, and what is there. Knocks at sockets, and asks no engine anything.
 * @param chosen - the address of the engine that was taken
 */
export async function considerAll(
  choice: EngineChoice,
  env: NodeJS.ProcessEnv,
  chosen: string,
  sockets: readonly KnownSocket[] = knownSockets(env),
): Promise<readonly ConsideredEngine[]> {
  const named = [
    { place: choice.chosenBy ?? '--docker-host, --docker-context', value: choice.dockerHost ?? choice.dockerContext },
    { place: 'DOCKER_HOST', value: env.DOCKER_HOST },
    { place: 'DOCKER_CONTEXT', value: env.DOCKER_CONTEXT },
    { place: 'the current docker context', value: currentContext(env) },
  ];
  const first = named.findIndex(({ place, value }) => value && !(place.startsWith('the ') && value === 'default'));
  const isNamed = nameEngine(choice, env) !== undefined;
  const states = await Promise.all(sockets.map(({ path }) => socketState(path)));
  return [
    ...named.map(({ place, value }, index) => ({
      place,
      value: value || null,
      outcome: !value ? ('empty' as const) : index === first ? ('chosen' as const) : ('overruled' as const),
    })),
    ...sockets.map(({ path, owner }, index) => ({
      place: `${path} (${owner})`,
      value: null,
      outcome: !isNamed && chosen === `unix://${path}` ? ('chosen' as const) : (states[index] ?? 'missing'),
    })),
  ];
}
