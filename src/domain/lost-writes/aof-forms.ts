import { isAtLeast, type ServerVersion } from '../server-version.ts';
import { nameOf, type WriteCommand } from './write-command.ts';

/** What stands for a time that the two forms of a command say in different ways. */
const someTime = Buffer.from('(a time)');
const word = (text: string): Buffer => Buffer.from(text);

/**
 * A write of the stream to the replicas in the form in which the append-only file of its master has it. Since 7.0 both are
 * the same; before, the file has points in time in the place of lifetimes (`feedAppendOnlyFile` in aof.c).
 * @param server - the version of the former master
 */
export function asInFile(write: WriteCommand, server: ServerVersion): readonly WriteCommand[] {
  if (isAtLeast(server, '7.0')) return [write];
  const { database, args } = write;
  const [, key = word(''), second = word('')] = args;
  const deadline: WriteCommand = { database, args: [word('PEXPIREAT'), key, someTime] };
  const name = nameOf(args);
  if (['EXPIRE', 'PEXPIRE', 'EXPIREAT', 'PEXPIREAT'].includes(name)) return [deadline];
  if (name === 'SETEX' || name === 'PSETEX') {
    return [{ database, args: [word('SET'), key, args[3] ?? word('')] }, deadline];
  }
  if (name !== 'SET' || !hasLifetime(write)) return [write];
  const plain = [args[0] ?? word('SET'), key, second];
  if (isAtLeast(server, '6.2')) return [{ database, args: [...plain, word('PXAT'), someTime] }];
  return [{ database, args: plain }, deadline];
}

/** The same for what stands in the file already: times are made comparable. */
export function asCompared({ database, args }: WriteCommand, server: ServerVersion): WriteCommand {
  if (isAtLeast(server, '7.0')) return { database, args };
  const name = nameOf(args);
  if (name === 'PEXPIREAT') return { database, args: [word('PEXPIREAT'), args[1] ?? word(''), someTime] };
  if (name === 'SET' && args[3]?.toString('latin1').toUpperCase() === 'PXAT') {
    return { database, args: [...args.slice(0, 3), word('PXAT'), someTime] };
  }
  return { database, args };
}

/** Whether a write of a file may have had another length in the stream to the replicas. */
export const hasOtherForm = (write: WriteCommand, server: ServerVersion): boolean =>
  asCompared(write, server).args.includes(someTime);

const hasLifetime = ({ args }: WriteCommand): boolean =>
  args.slice(3).some((arg) => ['EX', 'PX', 'EXAT', 'PXAT'].includes(arg.toString('latin1').toUpperCase()));
