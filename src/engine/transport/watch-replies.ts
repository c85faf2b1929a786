import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

/**
 * Sees every reply of an engine, which docker-modem gives neither headers nor broken connections of. A reply that breaks
 * off becomes an error of its request: docker-modem waits for an end that never comes, and its promise is never settled.
 */
export function watchReplies(agent: Agent, onReply: (reply: IncomingMessage) => void): void {
  const watched = agent as unknown as { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const addRequest = watched.addRequest.bind(agent);
  watched.addRequest = (request, ...rest) => {
    request.prependOnceListener('response', (reply) => {
      onReply(reply);
      reply.once('close', () => {
        if (!reply.complete) request.emit('error', brokenOff());
      });
    });
    addRequest(request, ...rest);
  };
}

const brokenOff = (): Error => Object.assign(new Error('the reply broke off'), { code: 'ECONNRESET' });
