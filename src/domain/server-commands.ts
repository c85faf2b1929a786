import { commandGroups } from './command-table.ts';
import type { ServerVersion } from './server-version.ts';
import { describeSpans, groupsByName, isKnownTo } from './span.ts';

const groupOf = groupsByName(commandGroups);

/** Every command that some supported server can disable, in upper case. */
export const commandNames: readonly string[] = [...groupOf.keys()].sort();

/** @returns whether a server has a command; one that it has not, cannot be disabled: the server would refuse to start */
export function hasCommand(server: ServerVersion, command: string): boolean {
  return isKnownTo(server, groupOf.get(command.toUpperCase()) ?? {});
}

/** Says who has a command, for messages: `Redis 7.0 and Valkey 7.2`. */
export const commandSinceText = (command: string): string => describeSpans(groupOf.get(command.toUpperCase()) ?? {});
