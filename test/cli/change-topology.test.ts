import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { MakingWorld } from '../helpers/making-world.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, listedNetwork, StubEngine } from '../helpers/stub-engine.ts';
import { StubRedis } from '../helpers/stub-redis.ts';
import { cluster, history, record } from '../helpers/values.ts';

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(1, { name: 'demo' }));
const info = `redis_version:8.0.2\r\nrole:master\r\nmaster_replid:${history}\r\nmaster_repl_offset:1000\r\n`;

/** Gives the conf directory of a node that is there, as the engine does. */
const giveConf: Answer = ({ method, url = '' }, response) => {
  const [, name] = /\/containers\/id-([\w-]+)\/archive/.exec(url) ?? [];
  const node = own.cluster.nodes.find((each) => each.name === name);
  if (!node || method === 'PUT') return false;
  void sendArchive(response, renderConf(own, node, 'secret', template));
  return true;
};

/** Runs rmsx against a master and a replica. @returns the volumes that are left, too */
async function change(...args: readonly string[]): Promise<Run & { readonly volumes: readonly string[] }> {
  await using server = await StubRedis.start('secret', () => info, undefined, { PUBLISH: ':0\r\n' });
  const world = new MakingWorld();
  const labels = (node: string): object => ({ 'rmsx.cluster': 'demo', 'rmsx.node': node, 'rmsx.run': 'earlier' });
  for (const [i, { name }] of own.cluster.nodes.entries()) {
    const Ports = [{ IP: '127.0.0.1', PrivatePort: 6379 + i, PublicPort: server.port, Type: 'tcp' }];
    const Labels = labels(name);
    const NetworkSettings = { Networks: { demo_app_net: { NetworkID: 'id-of-demo_app_net' } } };
    world.containers.push(
      listedContainer(`demo-${name}`, { Id: `id-${name}`, Image: 'redis:8.0', Labels, Ports, NetworkSettings }) as {
        Id: string;
      },
    );
    for (const purpose of ['data', 'conf']) {
      const Name = `demo-${name}-${purpose}`;
      world.volumes.push({ Name, Labels: { ...Labels, 'rmsx.purpose': purpose } });
    }
  }
  const network = listedNetwork('demo_app_net', own.cluster.subnet, { Labels: labels('') });
  world.networks.push(network as (typeof world.networks)[number]);
  await using engine = await StubEngine.start(world.behind(giveConf));
  const run = await runRmsx([...args, '-n', 'demo'], { env: engine.env });
  return { ...run, volumes: world.volumes.map(({ Name }) => Name) };
}

const kept = 'the data is kept (volumes: 2); to remove it too: docker volume rm demo-slave-1-conf demo-slave-1-data\n';

test.each([[['remove', 'slave-1']], [['scale', '--replicas', '0']]])(
  '%j must say that the data of the node is kept, and how to remove it, unless it goes too',
  async (args) => {
    const { code, stdout, stderr, volumes } = await change(...args);
    expect([code, stdout, stderr]).toEqual([0, '', expect.stringContaining(`\nremoved: slave-1\n${kept}next: `)]);
    expect(volumes).toEqual(['demo-master-data', 'demo-master-conf', 'demo-slave-1-data', 'demo-slave-1-conf']);
    const without = await change(...args, '--volumes');
    expect([without.code, without.stderr]).toEqual([0, expect.stringContaining('\nremoved: slave-1\nnext: ')]);
    expect(without.volumes).toEqual(['demo-master-data', 'demo-master-conf']);
  },
);
