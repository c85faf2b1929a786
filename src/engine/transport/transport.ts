import { Agent } from 'node:http';
import { inspect } from 'node:util';
import type Docker from 'dockerode';
import type { EngineEndpoint } from '../endpoint/endpoint.ts';
import { loadDockerode } from '../load-dockerode.ts';

/** A way to an engine. It connects with the first request. */
export interface Transport {
  readonly endpoint: EngineEndpoint;
  readonly agent: Agent;
  /** The options of dockerode that belong to it. */
  readonly options: Docker.DockerOptions;
  /** The host of a remote engine; undefined where ports are published on this machine. */
  readonly reachHost: string | undefined;
}

/**
 * @param env - the environment of the ssh program
 * @throws RmsxError `engine-unreachable` for TLS files that cannot be used
 */
export async function openTransport(endpoint: EngineEndpoint, env: NodeJS.ProcessEnv): Promise<Transport> {
  const { target } = endpoint;
  if (target.kind === 'unix') {
    const agent = new QuietAgent({ keepAlive: true }); // the next request leaves at once
    return { endpoint, agent, options: { socketPath: target.path }, reachHost: undefined };
  }
  const { host } = target;
  if (target.kind === 'ssh') {
    const { sshAgent } = await import('./ssh-agent.ts');
    // The agent makes every connection: the path is never opened.
    return { endpoint, agent: sshAgent(target, env), options: { socketPath: '/ssh' }, reachHost: host };
  }
  const where = { host: host.includes(':') ? `[${host}]` : host, port: target.port };
  if (!target.tls) {
    const agent = new QuietAgent({ keepAlive: true });
    return { endpoint, agent, options: { ...where, protocol: 'http' }, reachHost: host };
  }
  const { tlsAgent } = await import('./tls-agent.ts');
  return { endpoint, agent: tlsAgent(target.tls, endpoint), options: { ...where, protocol: 'https' }, reachHost: host };
}

/**
 * Makes a dockerode that takes nothing from the environment: docker-modem reads DOCKER_HOST and the files of
 * DOCKER_CERT_PATH whatever it is given, mixes them in, and throws where they are not there.
 */
export function createDockerode({ options, agent }: Transport): Docker {
  const Dockerode = loadDockerode();
  const { env } = process;
  const saved = env.DOCKER_HOST;
  delete env.DOCKER_HOST;
  try {
    return new Dockerode({ ...options, agent } as Docker.DockerOptions);
  } finally {
    if (saved !== undefined) env.DOCKER_HOST = saved; // nobody else has run meanwhile
  }
}

/**
 * docker-modem describes the options of every request for a debug line that nobody prints, the agent and all its sockets
 * included: with 30 nodes that costs a second of computing.
 */
class QuietAgent extends Agent {
  [inspect.custom](): string {
    return 'Agent';
  }
}
