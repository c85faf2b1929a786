import type { Problem } from '../domain/problem.ts';

/** What rmsx sends to the nodes, and what the nodes send to each other. */
const neededByRmsx =
  'AUTH HELLO PING INFO ROLE CONFIG CLIENT REPLICAOF SLAVEOF FAILOVER WAIT MULTI EXEC PUBLISH SHUTDOWN SCAN DBSIZE SET GET PSYNC SYNC REPLCONF COMMAND SELECT';

/** What a server writes into the replication stream in the place of what a client sent (failover.md 7.4). */
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
    if (!replicationCommands.has(command)) return [];
    return [{ path, message: `${command} is what servers replicate other commands as: replicas would go apart` }];
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
