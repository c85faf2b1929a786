import { type ClusterSpec, imageOf } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import { commandNames, commandSinceText, hasCommand } from '../domain/server-commands.ts';
import { formatServerVersion, versionOfImage } from '../domain/server-version.ts';
import { nearest } from './nearest.ts';

/** What rmsx sends to the nodes, and what the nodes send to each other. */
const neededByRmsx =
  'AUTH HELLO PING INFO ROLE CONFIG CLIENT REPLICAOF SLAVEOF FAILOVER WAIT MULTI EXEC PUBLISH SHUTDOWN SCAN DBSIZE SET GET PSYNC SYNC REPLCONF COMMAND SELECT';

/** What a server writes into the replication stream in the place of what a client sent. */
const neededByReplication =
  'DEL UNLINK PEXPIREAT PERSIST SREM ZREM HDEL HSET RPOPLPUSH LMOVE LPOP RPOP XCLAIM XGROUP XDEL PSETEX SETEX INCRBYFLOAT RESTORE SPUBLISH FUNCTION SCRIPT';

const rmsxCommands = new Set(neededByRmsx.split(' '));
const replicationCommands = new Set(neededByReplication.split(' '));

/** @returns why some commands cannot be disabled, and what is no command at all */
export function checkDisabled(commands: readonly string[]): readonly Problem[] {
  const upper = commands.map((command) => command.toUpperCase());
  return upper.flatMap((command, i) => {
    const path = `disabledCommands[${i}]`;
    if (!/^[A-Z][A-Z0-9._-]*$/.test(command))
      return [{ path, message: `"${commands[i]}" is not the name of a command` }];
    if (upper.indexOf(command) < i) return [{ path, message: `${command} is there twice` }];
    if (rmsxCommands.has(command)) return [{ path, message: `${command} is needed by rmsx itself` }];
    if (replicationCommands.has(command))
      return [{ path, message: `${command} is what servers replicate other commands as: replicas would go apart` }];
    return commandNames.includes(command) ? [] : [{ path, message: `${command} ${strangeness(command)}` }];
  });
}

function strangeness(command: string): string {
  if (command.includes('.') || vectorSet.test(command))
    return 'belongs to a module, which is loaded after the conf: the server would refuse to start';
  const near = nearest(command, commandNames);
  return `is a command of no supported server${near ? `; did you mean ${near}?` : ''}`;
}

/** The vector sets of Redis 8 are a module that comes with the server. */
const vectorSet = /^V(ADD|CARD|DIM|EMB|GETATTR|INFO|ISMEMBER|LINKS|RANDMEMBER|RANGE|REM|SETATTR|SIM)$/;

/** @returns every disabled command that one of the servers does not have: it would refuse to start */
export function checkServersHave(cluster: ClusterSpec): readonly Problem[] {
  const images = [...new Set(cluster.nodes.map((node) => imageOf(cluster, node)))];
  return cluster.disabledCommands.flatMap((command) => {
    const stranger = images.map(versionOfImage).find((version) => version && !hasCommand(version, command));
    if (!stranger || !commandNames.includes(command.toUpperCase())) return [];
    const message = `${formatServerVersion(stranger)} has no command ${command.toUpperCase()}; there since: ${commandSinceText(command)}`;
    return [{ path: 'disabledCommands', message, dependsOn: 'image' }];
  });
}

/** @returns every command that cannot be given back, as it is not disabled */
export function checkAllowed(commands: readonly string[], disabled: readonly string[]): readonly Problem[] {
  const known = disabled.map((command) => command.toUpperCase());
  return commands
    .filter((command) => !known.includes(command.toUpperCase()))
    .map((command) => ({
      path: 'allowCommands',
      message: `${command} is not disabled; ${disabledText(known)}`,
    }));
}

function disabledText(commands: readonly string[]): string {
  if (commands.length === 0) return 'no command is';
  return `only ${commands.join(', ')} ${commands.length === 1 ? 'is' : 'are'}`;
}
