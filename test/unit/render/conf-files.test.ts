import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConf, renderConf, renderRole, serverCommand } from '../../../src/render/conf-files.ts';
import { cluster, node, record } from '../../helpers/values.ts';

const template = readFileSync(new URL('../../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(2), 3);
const replica = node('slave-1', 'master');
const asMap = (files: readonly { readonly name: string; readonly content: string }[]): Map<string, string> =>
  new Map(files.map(({ name, content }) => [name, content]));

describe('the conf of a node', () => {
  test('redis.conf must be this', () => {
    expect(renderConf(own, replica, 'fixed password', template)[0]?.content).toMatchInlineSnapshot(`
      "# redis.conf of slave-1 in the cluster redis-server, rendered by rmsx.
      # The file is static: the role is in role.conf, which is included at the end. rmsx never calls CONFIG REWRITE.

      # The same port inside and outside of Docker, one of its own for every node: clients and other servers that follow an
      # announced address end up at the right node.
      port 6380

      # The volume. Nothing that matters lies outside of it.
      dir /data

      # The log starts with facts, not with a picture.
      always-show-logo no

      # If the password ever gets lost, only the loopback interface is served.
      protected-mode yes

      # Every client has to log in.
      requirepass "fixed password"

      # Every node can follow every other: after a promotion the former master is a replica too, and has to log in there.
      masterauth "fixed password"

      # Commands that block the server, or empty the data and cannot fail.
      rename-command KEYS ""
      rename-command FLUSHALL ""
      rename-command FLUSHDB ""

      # A server that restarts by itself must come back with its data: an empty master empties all of its replicas.
      appendonly yes

      # What was written reaches the kernel before the reply is sent, so killing the server loses nothing; a crash of the
      # whole machine loses the last second at most.
      appendfsync everysec

      # No snapshots beside the append-only file: one truth about what was written.
      save ""

      # Replicas get the data of a first synchronisation straight over the network.
      repl-diskless-sync yes

      # The default of 5 seconds waits for more replicas to come and makes every first synchronisation as late.
      repl-diskless-sync-delay 0

      # A replica that was away comes back by what it missed as long as that fits in here; the default of 1 MB is soon full.
      repl-backlog-size 16mb

      # What other servers and INFO call this node: its fixed address, whatever Docker does in between.
      replica-announce-ip 172.19.0.11
      replica-announce-port 6380

      # A replica that lost its source goes on answering reads; \`rmsx status\` says that it is behind.
      replica-serve-stale-data yes

      # A replica that took writes of its own would differ from its source for ever.
      replica-read-only yes

      # The role. Written by rmsx alone, and the last line, so that nothing above can win against it.
      include /usr/local/etc/redis/role.conf
      "
    `);
  });

  test('a replica must have these files, its password readable by the server alone', () => {
    const files = renderConf(own, replica, 'x', template);
    expect(files.map(({ name, mode }) => `${mode.toString(8)} ${name}`)).toEqual([
      '600 redis.conf',
      '644 role.conf',
      '644 rmsx.json',
    ]);
    expect(files[1]?.content).toBe(
      '# The role of slave-1 since change 3 of the cluster. Written by rmsx alone.\nreplicaof 172.19.0.10 6379\n',
    );
  });

  test('a master must follow nobody', () => {
    expect(renderRole(own, node('master', null))[0]?.content).toBe(
      '# The role of master since change 3 of the cluster. Written by rmsx alone.\nreplicaof no one\n',
    );
  });

  test('the password must be in redis.conf and nowhere else', () => {
    const others = [...renderConf(own, replica, 'top-secret', template).slice(1), { content: serverCommand.join(' ') }];
    expect(others.filter(({ content }) => content.includes('top-secret'))).toEqual([]);
  });

  test('the same node must give the same bytes', () => {
    expect(renderConf(own, replica, 'x', template)).toEqual(renderConf(own, replica, 'x', template));
  });

  test('an ephemeral node must keep nothing', () => {
    const ephemeral = record(cluster(1, { persistence: 'none', disabledCommands: [] }));
    const text = renderConf(ephemeral, replica, 'x', template)[0]?.content ?? '';
    expect(text.match(/^(appendonly|save|rename-command).*$/gm)).toEqual(['appendonly no', 'save ""']);
  });
});

describe('templates/redis.conf', () => {
  test('every directive must have a comment that says why', () => {
    const lines = template.split('\n');
    const kind = (line: string): string => (line === '' ? 'empty' : line.startsWith('#') ? 'comment' : 'directive');
    const bare = lines.filter((line, i) => {
      if (kind(line) !== 'directive') return false;
      let above = i - 1;
      while (kind(lines[above] ?? '') === 'directive') above -= 1; // directives that belong together share theirs
      return kind(lines[above] ?? '') !== 'comment';
    });
    expect(bare).toEqual([]);
  });

  test('the role must be the last word, so that nothing above can win against it', () => {
    expect(template.trimEnd().split('\n').at(-1)).toBe('include {{role-conf}}');
  });

  test('nothing that has a placeholder of its own may be written down', () => {
    expect(template).not.toMatch(/^(replicaof|slaveof)/m);
  });
});

describe('reading a conf', () => {
  test.each(['plain', 'two words', 'a"b\\c#d', "it's", 'ä€\u{1f511}', '-dash', 'no', '\x01'])(
    'the password %j must come back, with the role and the record',
    (password) => {
      expect(readConf(asMap(renderConf(own, replica, password, template)))).toEqual({
        password,
        source: { host: '172.19.0.10', port: 6379 },
        record: own,
      });
    },
  );

  test('a master must come back without a source', () => {
    expect(readConf(asMap(renderConf(own, node('master', null), 'x', template)))?.source).toBeNull();
  });

  test('a role that cannot be read must not be taken for that of a master', () => {
    const files = asMap(renderConf(own, replica, 'x', template)).set('role.conf', 'replica');
    expect(readConf(files)?.source).toBeUndefined();
  });

  test('a node without redis.conf, or without a password in it, was never finished', () => {
    expect([readConf(new Map()), readConf(new Map([['redis.conf', '# requirepass x\n']]))]).toEqual([null, null]);
  });

  test('a record that is cut off must leave the password readable', () => {
    const files = asMap(renderConf(own, replica, 'x', template)).set('rmsx.json', '{');
    expect(readConf(files)).toEqual({ password: 'x', source: { host: '172.19.0.10', port: 6379 }, record: null });
  });
});
