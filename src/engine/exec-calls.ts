import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { RmsxError } from '../domain/errors.ts';
import type { ExecSession, ExecSpec, Output } from '../domain/exec.ts';
import type { Engine } from '../domain/ports.ts';
import { toEngineError } from './docker-errors.ts';
import { asFrame, FrameReader } from './frames.ts';
import { short, strangeReply, type Wire, wordIn } from './wire.ts';

/** An engine notes the end of a program a moment after its streams have ended. */
const noticeMs = 2000;
const pauseMs = 25;

/** Programs that run beside the server, in its container. */
export const execCalls = (wire: Wire): Pick<Engine, 'exec'> => ({
  exec: async (id, spec) => {
    const { docker, call } = wire;
    const what = `run ${spec.command[0] ?? 'nothing'} in ${short(id)}`;
    const exec = await call(what, async () => {
      const made = await docker.getContainer(id).exec(toExecOptions(spec));
      wordIn(made.id);
      return made;
    });
    const { terminal } = spec;
    const stream = await call(what, () => exec.start({ hijack: true, stdin: true, Tty: terminal !== null }));
    if ('req' in stream) throw strangeReply(what); // a reply, and not the connection itself
    return sessionOf(wire, what, exec, stream, terminal !== null);
  },
});

const toExecOptions = ({ command, user, env, terminal }: ExecSpec): Docker.ExecCreateOptions => ({
  Cmd: [...command],
  User: `${user.uid}:${user.gid}`,
  Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  Tty: terminal !== null,
});

function sessionOf(wire: Wire, what: string, exec: Docker.Exec, stream: Duplex, isTerminal: boolean): ExecSession {
  stream.on('error', () => undefined); // whoever reads it is told; whoever writes need not be
  return {
    output: outputOf(wire, what, stream, isTerminal),
    write: (bytes) => new Promise((resolve) => void stream.write(bytes, () => resolve())),
    endInput: () => void stream.end(),
    resize: ({ columns, rows }) =>
      wire.look('resize the terminal', async () => void (await exec.resize({ h: rows, w: columns }))),
    exitCode: () => exitCodeOf(wire, what, exec),
    close: () => void stream.destroy(),
  };
}

async function* outputOf(
  { url, signal }: Wire,
  what: string,
  stream: Duplex,
  isTerminal: boolean,
): AsyncGenerator<Output> {
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const reader = new FrameReader();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (isTerminal) yield asFrame(chunk);
      else yield* reader.take(chunk);
    }
    reader.end();
  } catch (error) {
    throw signal.aborted ? signal.reason : toEngineError(what, url, error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function exitCodeOf({ look }: Wire, what: string, exec: Docker.Exec): Promise<number> {
  const untilMs = performance.now() + noticeMs;
  for (;;) {
    const { Running, ExitCode } = await look(what, () => exec.inspect());
    if (!Running && typeof ExitCode === 'number') return ExitCode;
    if (performance.now() > untilMs) {
      const cut = `The engine cut the connection to what it should ${what}, which may still go on.`;
      throw new RmsxError('failed', cut, { reason: 'cut-off', hint: 'See the engine: rmsx doctor' });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
