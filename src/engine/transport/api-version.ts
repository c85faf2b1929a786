import type { IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import { RmsxError } from '../../domain/errors.ts';
import { describeEndpoint } from '../endpoint/endpoint.ts';
import type { Transport } from './transport.ts';
import { watchReplies } from './watch-replies.ts';

/** Of Docker 19.03. Older engines miss what rmsx asks for. */
const oldestApi = '1.40';
/** The newest that the shapes in translate.ts are known to hold for. */
const newestApi = '1.51';

/** What an engine said about the versions it speaks. */
export interface ApiVersion {
  /** @throws RmsxError `engine-refused` where the engine is too old */
  check(): void;
}

/**
 * Agrees on a version of the API without a request of its own: every reply carries the newest that its engine speaks.
 * The first request names none, which means that one; those that follow its reply name the older of theirs and ours.
 */
export function negotiate(docker: Docker, { agent, endpoint }: Transport): ApiVersion {
  let problem: RmsxError | undefined;
  const onReply = ({ headers }: IncomingMessage): void => {
    const theirs = headers['api-version'];
    if (typeof theirs !== 'string' || !/^\d+\.\d+$/.test(theirs)) return; // a stand-in, or something in between
    (docker.modem as { version?: string }).version = `v${older(theirs, newestApi)}`;
    if (!isOlder(theirs, oldestApi)) return;
    const where = describeEndpoint(endpoint);
    problem = new RmsxError(
      'engine-refused',
      `The Docker engine at ${where} speaks the API up to ${theirs}, and rmsx needs ${oldestApi}.`,
      { hint: 'Use Docker 19.03 or later, or another engine: --docker-host, --docker-context', reason: 'api-version' },
    );
  };
  watchReplies(agent, onReply);
  return {
    check: () => {
      if (problem) throw problem;
    },
  };
}

const isOlder = (a: string, b: string): boolean => {
  const [[majorA = 0, minorA = 0], [majorB = 0, minorB = 0]] = [a, b].map((text) => text.split('.').map(Number)) as [
    number[],
    number[],
  ];
  return majorA < majorB || (majorA === majorB && minorA < minorB);
};

/** @returns the older one of two versions */
const older = (a: string, b: string): string => (isOlder(b, a) ? b : a);
