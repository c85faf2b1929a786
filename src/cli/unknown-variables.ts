import { nearest } from '../config/nearest.ts';

/** Every flag of every verb. Written down, as loading all verbs to ask them would take longer than most of them run. */
export const flagNames: readonly string[] =
  `all allow-command base-port best bind color discard docker-context docker-host dry-run ephemeral export fanout file follow for force format
  help image insecure-engine isolated json keys name older-than out password password-file pull quiet replicas retain role save-lost set
  since source subnet tail templates timeout timestamps topology tz verbose via volumes wait watch yes`.split(/\s+/);

const known = flagNames.map((name) => `RMSX_${name.toUpperCase().replaceAll('-', '_')}`);

/** @returns a sentence for each variable of the environment that looks like a flag and is none of any verb */
export function unknownVariables(env: NodeJS.ProcessEnv): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('RMSX_') && !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      return `${name} means nothing to rmsx${near ? `; did you mean ${near}?` : ''}`;
    });
}
