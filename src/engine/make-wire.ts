import { RmsxError } from '../domain/errors.ts';
import { labels } from '../domain/names.ts';
import { withDeadline } from './deadline.ts';
import { toEngineError } from './docker-errors.ts';
import { describeEndpoint } from './endpoint/endpoint.ts';
import { Gate } from './gate.ts';
import { negotiate } from './transport/api-version.ts';
import { createDockerode, type Transport } from './transport/transport.ts';
import type { OpenCalls } from './unanswered.ts';
import {
  callTimeoutMs,
  cleanUpLookMs,
  cleanUpTimeoutMs,
  graceMs,
  heavyCalls,
  silentTimeoutMs,
  strangeReply,
  type Wire,
} from './wire.ts';

/**
 * What every call to one engine goes through: its deadline, its turn where it is a heavy one, and the words of its error.
 * @param open - keeps which calls are under way
 * @param version - of rmsx, stamped on everything it makes
 * @param signal - calls that only look end with it
 */
export function makeWire(transport: Transport, open: OpenCalls, version: string, signal: AbortSignal): Wire {
  const docker = createDockerode(transport);
  const api = negotiate(docker, transport);
  const url = describeEndpoint(transport.endpoint);
  let isSilent = false;
  const gate = new Gate(heavyCalls);
  const translated = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const end = open.begin(what);
    try {
      const result = await work;
      api.check();
      return result;
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw error;
      isSilent ||= signal.aborted && error instanceof RmsxError && error.code === 'timeout';
      api.check();
      // Something else than an engine answered, and what it said could not be read as the words of one.
      const isStrange = error instanceof RmsxError && error.reason === 'strange-reply';
      const isUnreadable = (error instanceof TypeError || error instanceof SyntaxError) && !('code' in error);
      if (isStrange || isUnreadable) throw strangeReply(what);
      throw toEngineError(what, url, error);
    } finally {
      end();
    }
  };
  const usualMs = (whileCleaningUp: number): number => {
    if (!signal.aborted) return callTimeoutMs;
    return isSilent ? silentTimeoutMs : whileCleaningUp;
  };
  return {
    docker,
    agent: transport.agent,
    url,
    reachHost: transport.reachHost,
    stamp: { [labels.version]: version },
    signal,
    call: (what, work, timeoutMs = usualMs(cleanUpTimeoutMs)) =>
      translated(what, withDeadline(what, timeoutMs, work, signal, graceMs)),
    heavyCall: (what, work) =>
      translated(
        what,
        gate.through(signal, () => withDeadline(what, usualMs(cleanUpTimeoutMs), work, signal, graceMs)),
      ),
    look: (what, work) => translated(what, withDeadline(what, usualMs(cleanUpLookMs), work, signal)),
  };
}
