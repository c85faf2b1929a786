import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wantedCluster } from '../../src/config/cluster-spec.ts';
import type { ClusterSpec, Persistence } from '../../src/domain/cluster.ts';
import { renderConf } from '../../src/render/conf-files.ts';

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const password = 'a "hard" pässword # \\';

/** Everything that has a placeholder of its own, none of it the default; and two that have none. */
const directives = {
  'repl-backlog-size': ['3mb'],
  'repl-backlog-ttl': ['70'],
  'repl-ping-replica-period': ['7'],
  'repl-timeout': ['71'],
  'min-replicas-to-write': ['1'],
  'min-replicas-max-lag': ['8'],
  'replica-serve-stale-data': ['no'],
  'repl-diskless-sync': ['no'],
  'repl-diskless-sync-delay': ['3'],
  'client-output-buffer-limit': ['replica 128mb 32mb 30', 'pubsub 16mb 4mb 20'],
  maxmemory: ['300mb'],
  'maxmemory-policy': ['volatile-ttl'],
  'replica-priority': ['42'],
  maxclients: ['321'],
  'hash-max-listpack-value': ['32'],
};

/** What the server must say of each; sizes in bytes, names as this server knows them. */
const expectedOf = (image: string): Readonly<Record<string, string>> => ({
  'repl-backlog-size': '3145728',
  'repl-backlog-ttl': '70',
  'repl-ping-replica-period': '7',
  'repl-timeout': '71',
  'min-replicas-to-write': '1',
  'min-replicas-max-lag': '8',
  'replica-serve-stale-data': 'no',
  'repl-diskless-sync': 'no',
  'repl-diskless-sync-delay': '3',
  maxmemory: '314572800',
  'maxmemory-policy': 'volatile-ttl',
  'replica-priority': '42',
  maxclients: '321',
  [image === 'redis:6.0' ? 'hash-max-ziplist-value' : 'hash-max-listpack-value']: '32',
  requirepass: password,
  masterauth: password,
  'replica-announce-ip': '172.19.0.10',
  ...(image.startsWith('valkey') ? { 'dual-channel-replication-enabled': 'no' } : {}),
});

const persisted: Readonly<Record<Persistence, { appendonly: string; save: string }>> = {
  aof: { appendonly: 'yes', save: '' },
  rdb: { appendonly: 'no', save: '3600 1 300 100 60 10000' },
  none: { appendonly: 'no', save: '' },
};

/** For each conf of stdin, in base64: starts a server on it, and writes in base64 what it says of its settings. */
const serveEach = `
mkdir -p /usr/local/etc/redis
echo 'replicaof no one' >/usr/local/etc/redis/role.conf
while read -r conf; do
  base64 -d <<<"$conf" >/usr/local/etc/redis/redis.conf
  rm -rf /data/*
  redis-server /usr/local/etc/redis/redis.conf >/tmp/log 2>&1 &
  server=$!
  until redis-cli -p 6379 ping 2>/dev/null | grep -q PONG; do
    if ! kill -0 $server 2>/dev/null; then base64 -w 0 /tmp/log; echo; continue 2; fi
    sleep 0.01
  done
  redis-cli -p 6379 config get '*' | base64 -w 0
  echo
  kill -9 $server
  wait $server 2>/dev/null
done`;

async function settingsOf(image: string, confs: readonly string[]): Promise<readonly Record<string, string>[]> {
  const name = `dt-rendered-conf-${randomBytes(4).toString('hex')}`;
  const flags = ['run', '--rm', '-i', '--pull', 'never', '--network', 'none', '-e', 'REDISCLI_AUTH', '--name', name];
  const child = spawn('docker', [...flags, '--entrypoint', 'bash', image, '-c', serveEach], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, REDISCLI_AUTH: password },
  });
  child.stdin.end(confs.map((conf) => `${Buffer.from(conf).toString('base64')}\n`).join(''));
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => pairs(Buffer.from(line, 'base64').toString('utf8')));
}

function pairs(text: string): Record<string, string> {
  const lines = text.split('\n');
  if (text.includes('FATAL')) throw new Error(text);
  return Object.fromEntries(lines.flatMap((line, i) => (i % 2 === 0 ? [[line, lines[i + 1] ?? '']] : [])));
}

test.concurrent.each(['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'])(
  '%s must take a redis.conf with everything in it, with every persistence',
  async (image) => {
    const kinds = ['aof', 'rdb', 'none'] as const;
    const clusterOf = (persistence: Persistence): ClusterSpec =>
      wantedCluster({ name: 'demo', image, persistence, directives }, null, {
        subnet: '172.19.0.0/24',
        basePort: 6379,
        timezone: 'UTC',
      });
    const confs = kinds.map((kind) => {
      const cluster = clusterOf(kind);
      const [master] = cluster.nodes;
      if (!master) throw new Error('no master');
      return renderConf({ schemaVersion: 1, epoch: 1, cluster }, master, password, template)[0]?.content ?? '';
    });
    const served = await settingsOf(image, confs);
    expect(served.length).toBe(kinds.length);
    for (const [i, kind] of kinds.entries()) {
      expect(served[i]).toMatchObject({ ...expectedOf(image), ...persisted[kind], appendfsync: 'everysec' });
      expect(served[i]?.['client-output-buffer-limit']).toBe(
        'normal 0 0 0 slave 134217728 33554432 30 pubsub 16777216 4194304 20',
      );
    }
  },
);
