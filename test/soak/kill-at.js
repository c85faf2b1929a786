import { Socket } from 'node:net';

/**
 * Loaded into a process before its program (`node --import`): kills it before the KILL_AT-th command or request by which it
 * changes a server or asks the engine for something other than to be told, and says at its end how many there were.
 */
const changing = /\r\n(REPLICAOF|PAUSE|UNPAUSE|KILL)\r\n|\r\nCONFIG\r\n\$3\r\nSET\r\n|^(POST|PUT|DELETE) \//;
const { write } = Socket.prototype;
let seen = 0;

Socket.prototype.write = function (chunk, ...rest) {
  if (changing.test(String(chunk))) {
    seen += 1;
    if (seen === Number(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL');
  }
  return write.call(this, chunk, ...rest);
};
process.on('exit', () => process.stderr.write(`changes: ${seen}\n`));
