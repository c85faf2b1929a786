import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Choices, wantedCluster } from '../../../src/config/cluster-spec.ts';
import { settings } from '../../../src/config/settings.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';
import type { ClusterSpec, NodeSpec } from '../../../src/domain/cluster.ts';
import type { ClusterRecord } from '../../../src/domain/record.ts';
import { readConf, renderRole, serverCommand } from '../../../src/render/conf-directory.ts';
import { renderConf } from '../../../src/render/conf-files.ts';
import { errorOf } from '../../helpers/error-of.ts';

const template = readFileSync(new URL('../../../templates/redis.conf', import.meta.url), 'utf8');
const choices: Choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };

const clusterOf = (request: Partial<UpRequest> = {}): ClusterSpec =>
  wantedCluster({ name: 'redis-server', ...request }, null, choices);
const recordOf = (request: Partial<UpRequest> = {}, epoch = 3): ClusterRecord => ({
  schemaVersion: 1,
  epoch,
  cluster: clusterOf(request),
});
function nodeOf({ cluster }: ClusterRecord, name = 'slave-1'): NodeSpec {
  const found = cluster.nodes.find((node) => node.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** redis.conf of slave-1. */
function confOf(request: Partial<UpRequest> = {}, { password = 'x', text = template } = {}): string {
  const record = recordOf(request);
  return renderConf(record, nodeOf(record), password, text)[0]?.content ?? '';
}

/** The lines of a conf that say something. */
const directivesOf = (conf: string): readonly string[] =>
  conf.split('\n').filter((line) => line && !line.startsWith('#'));

const own = recordOf();
const asMap = (files: readonly { readonly name: string; readonly content: string }[]): Map<string, string> =>
  new Map(files.map(({ name, content }) => [name, content]));

describe('redis.conf', () => {
  const directives = { 'hash-max-listpack-value': ['32'], maxmemory: ['1gb'], 'maxmemory-policy': ['allkeys-lru'] };
  test.each(['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'])('of %s must be this', async (image) => {
    const conf = confOf({ image, directives }, { password: 'fixed password' });
    await expect(conf).toMatchFileSnapshot(`conf/${image.replace(':', '-')}.conf`);
  });

  test.each(['aof', 'rdb', 'none'] as const)('with persistence %s must be this', async (persistence) => {
    await expect(confOf({ persistence, disabledCommands: [] })).toMatchFileSnapshot(`conf/${persistence}.conf`);
  });

  test('must have every named setting, and maxmemory only where somebody asks for it', () => {
    const names = directivesOf(confOf()).map((line) => line.split(' ')[0]);
    const missing = settings.map(({ directive }) => directive).filter((directive) => !names.includes(directive));
    expect(missing).toEqual(['maxmemory', 'maxmemory-policy']);
  });

  test('must take what is asked for in the place of the default: first of the node, then of the cluster', () => {
    const conf = confOf({
      directives: { 'repl-timeout': ['90'], 'repl-backlog-size': ['64mb'] },
      nodes: { 'slave-1': { directives: { 'repl-backlog-size': ['1gb'], 'replica-priority': ['0'] } } },
    });
    const lines = directivesOf(conf).filter((line) => /^repl-(timeout|backlog-size)|^replica-priority/.test(line));
    expect(lines).toEqual(['repl-backlog-size 1gb', 'repl-timeout 90', 'replica-priority 0']);
  });

  test('must have the other directives in a section of their own, in order, each of its lines', () => {
    const directives = { 'slowlog-max-len': ['5'], maxclients: ['10'], loadmodule: ['/a.so "x y"', '/b.so'] };
    const conf = confOf({ directives });
    expect(conf).toContain(
      '# What was asked for besides, `redis:` in rmsx.yaml and --set.\nloadmodule /a.so "x y"\nloadmodule /b.so\nmaxclients 10\nslowlog-max-len 5\n\n# The role.',
    );
  });

  test('must name a directive as the server knows it, and leave out what it does not know', () => {
    const directives = { 'hash-max-listpack-value': ['32'], 'lazyfree-lazy-user-flush': ['yes'] };
    const lines = (image: string): readonly string[] =>
      directivesOf(confOf({ image, directives })).filter((line) => /^(hash|lazy)/.test(line));
    expect(lines('redis:6.0')).toEqual(['hash-max-ziplist-value 32']);
    expect(lines('redis:7.0')).toEqual(['hash-max-listpack-value 32', 'lazyfree-lazy-user-flush yes']);
  });

  test('must have what some version of the major one knows, where the tag names no other, by a name that all of them take', () => {
    const directives = { 'set-max-listpack-entries': ['32'], 'server-cpulist': ['0'], 'gopher-enabled': ['no'] };
    const lines = directivesOf(confOf({ image: 'redis:7', directives })).filter((line) =>
      /^(set|server|gopher)/.test(line),
    );
    expect(lines).toEqual(['server_cpulist 0', 'set-max-listpack-entries 32']);
  });

  test.each([
    ['valkey:8.1', true],
    ['valkey:8', true],
    ['valkey:7.2', false],
    ['valkey:7', false],
    ['redis:8.0', false],
    ['my-server:latest', false],
  ])('of %s: the second channel is switched off where the server has one: %s', (image, expected) => {
    expect(confOf({ image }).includes('\ndual-channel-replication-enabled no\n')).toBe(expected);
  });

  test('of a node with its own image must be for that image', () => {
    const nodes = { 'slave-1': { image: 'redis:6.0' } };
    expect(confOf({ image: 'redis:7.0', nodes, directives: { 'hash-max-listpack-value': ['32'] } })).toContain(
      'hash-max-ziplist-value 32',
    );
  });

  test('must have snapshots when they are asked for', () => {
    const saves = (conf: string): readonly string[] => directivesOf(conf).filter((line) => line.startsWith('save'));
    expect(saves(confOf({ persistence: 'rdb' }))).toEqual(['save 3600 1', 'save 300 100', 'save 60 10000']);
    expect(saves(confOf({ persistence: 'rdb', directives: { save: ['60 1'] } }))).toEqual(['save 60 1']);
    expect(saves(confOf({ persistence: 'aof' }))).toEqual(['save ""']);
  });
});

describe('a template of a user', () => {
  const minimal =
    'port {{port}}\nrequirepass {{password}}\nmasterauth {{password}}\n{{#disabled-commands}}\nrename-command {{.}} ""\n{{/disabled-commands}}\n{{#aof}}\nappendonly yes\nsave ""\n{{/aof}}\n{{#directives}}\n{{.}}\n{{/directives}}\ninclude {{role-conf}}\n';

  test('must not lose a setting that it has no placeholder for', () => {
    const conf = confOf(
      { directives: { 'repl-timeout': ['90'], maxmemory: ['1gb'] }, disabledCommands: [] },
      { text: minimal },
    );
    expect(directivesOf(conf).slice(5)).toEqual([
      'maxmemory 1gb',
      'repl-timeout 90',
      'include /usr/local/etc/redis/role.conf',
    ]);
  });

  test('must be refused where it leaves out what must not be lost', () => {
    expect(errorOf(() => confOf({}, { text: 'dir /data\nprot {{prot}}' })).problems).toEqual([
      'redis.conf:2: unknown placeholder {{prot}}',
      'redis.conf: {{port}} is not in it, and must be',
      'redis.conf: {{password}} is not in it, and must be',
      'redis.conf: {{#disabled-commands}} is not in it, and must be',
      'redis.conf: {{#aof}} is not in it, and must be',
      'redis.conf: {{#directives}} is not in it, and must be',
      'redis.conf: {{role-conf}} is not in it, and must be',
    ]);
  });
});

describe('a template with something below the role', () => {
  const notLast = 'redis.conf: the last directive must be the one that includes role.conf: include {{role-conf}}';
  const role = 'redis.conf: the role is in role.conf, and must not be in here too';
  test.each([
    ['a role', 'replicaof no one\n', [role, notLast]],
    ['a directive after comments', '# One.\n\n# Two.\nmaxclients 10\n', [notLast]],
    ['a directive that is set in', '  maxclients 10', [notLast]],
    ['another file', 'include /etc/other.conf\n', [notLast]],
    ['a placeholder', 'port {{port}}\n', [notLast]],
    ['a directive after a line end of Windows', '\r\nmaxclients 10\r\n', [notLast]],
  ])('must be refused: %s', (_, below, problems) => {
    expect(errorOf(() => confOf({}, { text: template + below }))).toEqual({
      code: 'bad-spec',
      message: 'The template redis.conf cannot be used.',
      hint: undefined,
      problems,
    });
  });

  test.each([
    ['requirepass {{password}}', '#requirepass {{password}}', 'requirepass'],
    ['masterauth {{password}}', '# {{password}}', 'masterauth'],
    ['port {{port}}', 'port {{port}}\nPORT 7', 'port'],
    ['dir /data', 'dir /elsewhere', 'dir'],
  ])('must be refused: %s as %s', (was, is, directive) => {
    expect(errorOf(() => confOf({}, { text: template.replace(was, is) })).problems).toEqual([
      `redis.conf: ${directive} is not what rmsx needs it to be; see the template of the package`,
    ]);
  });

  const aof = 'as persistence is aof';
  const kept: Partial<UpRequest> = { persistence: 'rdb' };
  const asked: Partial<UpRequest> = { ...kept, directives: { save: ['60 1', '3600 5'] } };
  test.each<[string, Partial<UpRequest>, string | RegExp, string, readonly string[]]>([
    ['no log', {}, 'appendonly yes', 'appendonly no', [`appendonly must be yes, ${aof}`]],
    ['a log that nobody names', {}, 'appendonly yes', '', [`appendonly must be yes, ${aof}`]],
    ['snapshots beside a log', {}, 'save ""', 'save ""\nsave 60 1', [`save must be "", ${aof}`]],
    [
      'the snapshots of the server',
      { persistence: 'none' },
      /save ""/g,
      '',
      ['save must be "", as persistence is none'],
    ],
    ['a log', kept, /appendonly no/g, 'appendonly YES', ['appendonly must be no, as persistence is rdb']],
    ['no snapshots', kept, 'save {{.}}', '# {{.}}\nsave ""', ['save must not be "", as persistence is rdb']],
    [
      'snapshots that are taken back',
      asked,
      '\ninclude',
      '\nsave ""\nsave 60 1\ninclude',
      ['save 3600 5 is lost, and was asked for'],
    ],
    [
      'snapshots that nobody wants',
      { ...kept, directives: { save: ['""'] } },
      'save {{.}}',
      'save {{.}}\nsave 1 1',
      ['save must be "", as was asked for'],
    ],
    [
      'a command that has another name only',
      {},
      'rename-command {{.}} ""',
      'rename-command {{.}} "x-{{.}}"',
      ['KEYS', 'FLUSHALL', 'FLUSHDB'].map(
        (name) => `${name} is not disabled, and was asked to be: rename-command ${name} ""`,
      ),
    ],
    [
      'replicas that take writes, by their older name',
      {},
      '\ninclude',
      '\nSLAVE-read-only "No"\ninclude',
      ['replica-read-only must not be no: a replica that took writes would differ from its source for ever'],
    ],
    [
      'open doors',
      {},
      'protected-mode yes',
      'protected-mode no',
      ['protected-mode must not be no: it stays on, for the case that the password gets lost'],
    ],
    [
      'the password of Valkey',
      {},
      '\ninclude',
      '\nprimaryauth y\ninclude',
      ['masterauth is not what rmsx needs it to be; see the template of the package'],
    ],
  ])('must be refused: %s', (_, request, was, is, problems) => {
    const { code, problems: told } = errorOf(() => confOf(request, { text: template.replace(was, is) }));
    expect([code, told]).toEqual(['bad-spec', problems.map((problem) => `redis.conf: ${problem}`)]);
  });

  test.each<[string, Partial<UpRequest>, string | RegExp, string]>([
    ['a log in capital letters', {}, 'appendonly yes', 'APPENDONLY "YES"'],
    ['more snapshots than were asked for', asked, 'save {{.}}', 'save {{.}}\nsave 1 1'],
    ['snapshots of its own', kept, 'save {{.}}', '# {{.}}\nsave 7 7'],
    [
      'a command in small letters',
      { disabledCommands: ['keys'] },
      'rename-command {{.}} ""',
      "rename-command {{.}} ''",
    ],
    ['what the server does anyway', {}, /(protected-mode|replica-read-only) yes/g, '# $1'],
  ])('must be sound: %s', (_, request, was, is) => {
    expect(confOf(request, { text: template.replace(was, is) })).toContain('include');
  });

  test.each([
    ['nothing', ''],
    ['empty lines', '\n \n\t\n'],
    ['comments', '# The end.\n  # Of all.'],
    ['a comment of Mustache', '{{! Of no use to the server. }}\n'],
    ['what is not there', '{{#rdb}}\nmaxclients 10\n{{/rdb}}\n'],
    ['a line end of Windows', '\r\n# The end.\r\n'],
  ])('must be sound: %s', (_, below) => {
    expect(confOf({}, { text: template + below })).toContain('\ninclude /usr/local/etc/redis/role.conf\n');
  });

  test('must be called as the user calls it', () => {
    const record = recordOf();
    const render = (): unknown => renderConf(record, nodeOf(record), 'x', `${template}hz 1\n`, 'my/redis.conf');
    expect(errorOf(render).message).toBe('The template my/redis.conf cannot be used.');
  });
});

describe('the files of a node', () => {
  test('must be these, the password readable by the server alone', () => {
    const files = renderConf(own, nodeOf(own), 'x', template);
    expect(files.map(({ name, mode }) => `${mode.toString(8)} ${name}`)).toEqual([
      '600 redis.conf',
      '644 role.conf',
      '644 rmsx.json',
    ]);
    expect(files[1]?.content).toBe(
      '# The role of slave-1 since change 3 of the cluster. Written by rmsx alone.\nreplicaof 172.19.0.10 6379\n',
    );
  });

  test('must say of a master that it follows nobody', () => {
    expect(renderRole(own, nodeOf(own, 'master'))[0]?.content).toBe(
      '# The role of master since change 3 of the cluster. Written by rmsx alone.\nreplicaof no one\n',
    );
  });

  test('must have the password in redis.conf and nowhere else', () => {
    const files = renderConf(own, nodeOf(own), 'top-secret', template);
    const others = [...files.slice(1), { content: serverCommand.join(' ') }];
    expect(others.filter(({ content }) => content.includes('top-secret'))).toEqual([]);
  });

  test('must have the same bytes for the same node', () => {
    expect(renderConf(own, nodeOf(own), 'x', template)).toEqual(renderConf(own, nodeOf(own), 'x', template));
  });
});

describe('templates/redis.conf', () => {
  test('every directive must have a comment that says why', () => {
    const lines = template.split('\n').filter((line) => !/^\{\{[#/]/.test(line));
    const kind = (line: string): string => (line === '' ? 'empty' : line.startsWith('#') ? 'comment' : 'directive');
    const bare = lines.filter((line, i) => {
      if (kind(line) !== 'directive') return false;
      let above = i - 1;
      while (kind(lines[above] ?? '') === 'directive') above -= 1; // directives that belong together share theirs
      return kind(lines[above] ?? '') !== 'comment';
    });
    expect(bare).toEqual([]);
  });

  test.each(['aof', 'rdb', 'none'] as const)('no comment may be left without its directive: %s', (persistence) => {
    const blocks = confOf({ persistence, disabledCommands: [] }).trim().split('\n\n').slice(1);
    expect(blocks.filter((block) => !/^#/.test(block) || directivesOf(block).length === 0)).toEqual([]);
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
      expect(readConf(asMap(renderConf(own, nodeOf(own), password, template)))).toEqual({
        password,
        source: { host: '172.19.0.10', port: 6379 },
        record: own,
      });
    },
  );

  test('the password of rmsx 0.1 must come back', () => {
    const conf = 'port 6380\nrequirepass "two \\"w\\\\rds\\" \\xc3\\xa4 \\x09"\nmasterauth x\n';
    expect(readConf(new Map([['redis.conf', conf]]))?.password).toBe('two "w\\rds" ä \t');
  });

  test('a master must come back without a source', () => {
    expect(readConf(asMap(renderConf(own, nodeOf(own, 'master'), 'x', template)))?.source).toBeNull();
  });

  test('a role that cannot be read must not be taken for that of a master', () => {
    const files = asMap(renderConf(own, nodeOf(own), 'x', template)).set('role.conf', 'replica');
    expect(readConf(files)?.source).toBeUndefined();
  });

  test.each(['', '# requirepass x\n', 'requirepass two words\n', 'requirepass "open\n'])(
    'a node with the conf %j was never finished',
    (conf) => {
      expect([readConf(new Map()), readConf(new Map([['redis.conf', conf]]))]).toEqual([null, null]);
    },
  );

  test('a record that is cut off must leave the password readable', () => {
    const files = asMap(renderConf(own, nodeOf(own), 'x', template)).set('rmsx.json', '{');
    expect(readConf(files)).toEqual({ password: 'x', source: { host: '172.19.0.10', port: 6379 }, record: null });
  });
});
