import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { type RunAgainst, runAgainst } from '../helpers/run-against.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { listedContainer, pathOf, type StubWorld, sendJson } from '../helpers/stub-engine.ts';
import { cluster, node, record } from '../helpers/values.ts';

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(0, { name: 'demo' }));

interface Listed {
  State: string;
}

/** A cluster of one node on an engine that stops it and never starts it. */
function refusingWorld(
  state: 'running' | 'exited',
  text: string,
  others: readonly object[] = [],
  endpoints: object = {},
): StubWorld {
  const master = listedContainer('demo-master', {
    Id: 'id-master',
    Image: 'redis:8.0',
    State: state,
    Status: state === 'running' ? 'Up 2 minutes' : 'Exited (0) 2 minutes ago',
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.topology': 'star' },
  }) as Listed;
  const Labels = { 'rmsx.cluster': 'demo', 'rmsx.node': 'master', 'rmsx.purpose': 'data' };
  return {
    containers: [master, ...others],
    volumes: [{ Name: 'demo-master-data', Labels }],
    answer: (request, response) => {
      const path = pathOf(request);
      if (path.includes('/archive')) {
        const files = renderConf(own, node('master', null), 'secret', template);
        void sendArchive(response, files);
      } else if (path.startsWith('/networks/')) sendJson(response, 200, { Id: 'net', Containers: endpoints });
      else if (path.endsWith('/start')) sendJson(response, 500, { message: text });
      else if (path.includes('/create')) sendJson(response, 201, { Id: 'lock' });
      else if (path.includes('/stop')) {
        Object.assign(master, { State: 'exited', Status: 'Exited (0) 1 second ago' });
        response.writeHead(204).end();
      } else if (request.method === 'DELETE') response.writeHead(204).end();
      else return false;
      return true;
    },
  };
}

const run = (verb: string, world: StubWorld): Promise<RunAgainst> => runAgainst(world, [verb, '-n', 'demo']);

describe.each([
  ['start', 'exited'],
  ['restart', 'running'],
] as const)(
  '%s of a node that the engine refuses to start must exit 5, and name who is in the way and the way out:',
  (verb, state) => {
    test('a container holds its port', async () => {
      const Ports = [{ IP: '127.0.0.1', PrivatePort: 80, PublicPort: 6379, Type: 'tcp' }];
      const text = 'Bind for 127.0.0.1:6379 failed: port is already allocated';
      const { code, stderr } = await run(verb, refusingWorld(state, text, [listedContainer('web', { Ports })]));
      expect(code).toBe(5);
      expect(stderr).toContain('master could not be started. Port 6379 is published by the container web.');
      expect(stderr).toContain(
        'hint: Free the port, or move the cluster to other ports: rmsx up --base-port 7379 -n demo\n',
      );
      expect(stderr).not.toContain('id-master');
    });

    test('a process holds its port', async () => {
      const text = 'failed to bind host port for 127.0.0.1:6379:172.19.0.10:6379/tcp: address already in use';
      const { code, stderr } = await run(verb, refusingWorld(state, text));
      expect(code).toBe(5);
      expect(stderr).toContain('master could not be started. Port 6379 is taken by a process of this host.');
      expect(stderr).toContain("hint: See which: ss -ltnp 'sport = :6379'\n");
    });

    test.each<[string, readonly object[], string, string]>([
      [
        'the engine has kept its endpoint',
        [],
        'The engine has kept its endpoint in demo_app_net, of a container that is gone.',
        'docker rm demo-master && docker network disconnect -f demo_app_net demo-master && rmsx up -n demo',
      ],
      [
        'another container has its endpoint',
        [listedContainer('renamed', { Id: 'old' })],
        'Its endpoint in demo_app_net belongs to the container renamed.',
        'docker network disconnect demo_app_net renamed && rmsx up -n demo',
      ],
    ])('%s', async (_, others, message, hint) => {
      const text = 'endpoint with name demo-master already exists in network demo_app_net';
      const endpoints = { old: { Name: 'demo-master', IPv4Address: '172.19.0.10/24' } };
      const { code, stderr } = await run(verb, refusingWorld(state, text, others, endpoints));
      expect(code).toBe(5);
      expect(stderr).toContain(`master could not be started. ${message}`);
      expect(stderr).toContain(`hint: ${hint}\n`);
      expect(stderr).not.toContain('id-master');
    });
  },
);
