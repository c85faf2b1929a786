import { describe, expect, test } from 'vitest';
import { clusterNameIn } from '../../../src/config/rmsx-file/cluster-name-in.ts';
import { parseRmsxFile } from '../../../src/config/rmsx-file/rmsx-file.ts';
import { checkUpRequest } from '../../../src/config/up-request.ts';

const first = 'apiVersion: rmsx/v1';
const problemsIn = (text: string): readonly string[] => parseRmsxFile(text, 'rmsx.yaml').problems;

describe('a text that is no rmsx.yaml must be told in words of its own', () => {
  test.each([
    ['', '1: the file is empty; rmsx init writes one that is not'],
    ['# nothing\n', '1: the file is empty; rmsx init writes one that is not'],
    ['replicas: 2', '1: apiVersion: is missing; write apiVersion: rmsx/v1'],
    ['apiVersion: 1', '1: apiVersion: must be rmsx/v1, not the number 1'],
    ['- a', '1: the file must be a group of keys, not a list'],
    ['redis', '1: the file must be a group of keys, not the text "redis"'],
    [`${first}\n---\n${first}`, '2: a second document begins here; a file describes one cluster'],
    [`${first}\nnetwork:\n\tsubnet: auto`, '3: a tab indents this line; YAML takes blanks only'],
    [`${first}\nimage: "redis`, '2: a quote is not closed, here or further up'],
    [`${first}\nports: { base: 1`, '2: a bracket is not closed, here or further up'],
    [`${first}\nimage: @a`, '2: a text cannot begin with this character; write it in quotes'],
    [
      `${first}\nimage: "\\q"`,
      '2: there is no such escape in double quotes; use single quotes, or write \\\\ for a backslash',
    ],
    [`${first}\nimage\nreplicas: 2`, '2: a key has to end on its line with a colon, and this does not'],
    [
      `${first}\nimage: a: b`,
      '2: a second key on this line, or a line that is indented too far; a text with ": " in it needs quotes',
    ],
    [`${first}\nimage: !env IMAGE`, '2: this tag (a word that begins with !) has no meaning here'],
    [`${first}\nimage: *x`, '2: the alias *x cannot be used: there is no anchor &x above it'],
    [`${first}\nnodes: &x { slave-1: *x }`, '2: the alias *x cannot be used: it is inside of what it stands for'],
    [`${first}\n<<: 5`, '2: << takes a group of keys, or a list of them, mostly as an alias'],
    [`${first}\n? [a]\n: b`, '2: a key has to be a word'],
    [`${first}\nname: a\0b`, '2: a NUL byte; save the file as UTF-8'],
    [`${first}\nname: \x1b[0m`, '2: the character U+001B does not belong in a text'],
    [`${first}\nname: a\uFEFF`, '2: the character U+FEFF does not belong in a text'],
    [`${first}\nname: a\uD800`, '2: the character U+D800 does not belong in a text'],
    [`${first}\nname: caf\uFFFD`, '2: this is not UTF-8; save the file as UTF-8'],
    [`${first}\rname: a`, '1: a carriage return without a line feed; end lines with a line feed'],
  ])('%j', (text, problem) => {
    expect(problemsIn(text)).toEqual([`rmsx.yaml:${problem}`]);
  });

  test('the same mistake on many lines must be told once, with their number', () => {
    const file = `${first}\n${Array.from({ length: 9 }, (_, i) => `a${i}: b: c`).join('\n')}`;
    expect(problemsIn(file)).toEqual([
      'rmsx.yaml:2: a second key on this line, or a line that is indented too far; a text with ": " in it needs quotes (the same on 8 more lines)',
    ]);
  });

  test('several mistakes of syntax must all be told, each line once', () => {
    expect(problemsIn(`${first}\nimage: @a\nname: \`b\`\n`)).toEqual([
      'rmsx.yaml:2: a text cannot begin with this character; write it in quotes',
      'rmsx.yaml:3: a text cannot begin with this character; write it in quotes',
    ]);
  });
});

describe('what YAML allows must be read', () => {
  const read = (body: string) => parseRmsxFile(`${first}\n${body}`, 'rmsx.yaml');

  test.each([
    ['Windows lines', 'name: demo\r\nreplicas: 3\r\n'],
    ['a tab before a comment', 'name: demo\nreplicas: 3\t# three'],
    ['brackets over several lines', 'name: demo\nports: {\n  base: auto,\n}\nreplicas: 3'],
    ['quotes', `name: 'demo'\n"replicas": 3`],
  ])('%s', (_, body) => {
    const { problems, name, request } = read(body);
    expect([problems, name, request.replicas]).toEqual([[], 'demo', 3]);
  });

  test('a byte order mark at the very start, and JSON', () => {
    const file = parseRmsxFile('\uFEFF{ "apiVersion": "rmsx/v1", "name": "demo", "replicas": 3 }', 'rmsx.yaml');
    expect([file.problems, file.name, file.request.replicas]).toEqual([[], 'demo', 3]);
  });

  test('what YAML 1.1 makes of words must not be heard', () => {
    const file = parseRmsxFile(
      `%YAML 1.1\n---\n${first}\nname: no\nredis: { appendfsync: no, save: 60:10 }`,
      'rmsx.yaml',
    );
    expect([file.problems, file.name]).toEqual([[], 'no']);
    expect(file.request.directives).toEqual({ appendfsync: ['no'], save: ['60:10'] });
  });

  test('aliases and merge keys; what a group says itself wins', () => {
    const { problems, request } = read(
      'nodes:\n  slave-1: &one { port: 7000, priority: 5 }\n  slave-2: { <<: *one, port: 7001 }\n  slave-3: { <<: [{ port: 7002 }, *one] }\n',
    );
    const directives = { 'replica-priority': ['5'] };
    expect(problems).toEqual([]);
    expect(request.nodes).toEqual({
      'slave-1': { port: 7000, directives },
      'slave-2': { port: 7001, directives },
      'slave-3': { port: 7002, directives },
    });
  });
});

describe('a hostile file must be refused at once', () => {
  const bomb = [...'abcdefgh'].reduce(
    (text, name, i, names) => `${text}${name}: &${name} [${i ? `${`*${names[i - 1]},`.repeat(9)}` : 'x'}]\n`,
    '',
  );

  test.each([
    ['aliases of aliases', bomb, /has more than 100000 values, with what its aliases repeat/],
    ['nested brackets', `a: ${'['.repeat(100_000)}${']'.repeat(100_000)}`, /./],
    ['nested lists that are closed', `a: ${'['.repeat(60)}${']'.repeat(60)}`, /nested too deeply/],
    ['nested keys', `a: ${'{a: '.repeat(1000)}`, /nested too deeply/],
    ['a long comment', `#${'x'.repeat(256 * 1024)}`, /:1: the file is longer than 262144 characters$/],
    ['many aliases', `a: &a x\nb: [${'*a,'.repeat(10_000)}]`, /unknown key/],
    ['many mistakes', Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n'), /and 4900 more$/],
  ])('%s', (_, body, problem) => {
    expect(problemsIn(`${first}\n${body}`).join('\n')).toMatch(problem);
  });

  test('a text on which the parser of YAML would fail, or take minutes', () => {
    const nested = 'rmsx.yaml:1: things are nested too deeply, or there are thousands of anchors';
    expect(problemsIn('- '.repeat(50_000))).toEqual([nested]);
    expect(problemsIn('&a '.repeat(50_000))).toEqual([nested]);
    expect(problemsIn('{a: '.repeat(50_000))).toEqual([nested]);
  });
});

describe('a place must be found in the words of the file', () => {
  const file = parseRmsxFile(
    `${first}
topology: custom
network: { subnet: 10.0.0.0/24 }
disabledCommands:
  - KEYS
  - DEBUG
replication:
  timeout: 60s
  outputBufferLimit: { hard: 1gb }
redis:
  slave-lazy-flush: yes
nodes:
  replica-1:
    priority: 5
    redis: { slave-lazy-flush: yes }
  slave-2: { source: slave-1 }
`,
    'rmsx.yaml',
  );

  test.each([
    ['network.subnet', 'rmsx.yaml:3: network.subnet'],
    ['disabledCommands', 'rmsx.yaml:4: disabledCommands'],
    ['disabledCommands[1]', 'rmsx.yaml:4: disabledCommands'],
    ['redis.repl-timeout', 'rmsx.yaml:8: replication.timeout'],
    ['redis.client-output-buffer-limit', 'rmsx.yaml:9: replication.outputBufferLimit'],
    ['redis.replica-lazy-flush', 'rmsx.yaml:11: redis.slave-lazy-flush'],
    ['nodes.slave-1', 'rmsx.yaml:13: nodes.replica-1'],
    ['nodes.slave-1.redis.replica-priority', 'rmsx.yaml:14: nodes.replica-1.priority'],
    ['nodes.slave-1.redis.replica-lazy-flush', 'rmsx.yaml:15: nodes.replica-1.redis.slave-lazy-flush'],
    ['nodes.slave-2.source', 'rmsx.yaml:16: nodes.slave-2.source'],
    ['nodes.slave-1.source', 'rmsx.yaml:13: nodes.slave-1.source'],
    ['nodes.slave-3.source', 'rmsx.yaml:12: nodes.slave-3.source'],
    ['replicas', undefined],
    ['redis.maxclients', undefined],
    ['', undefined],
  ])('%s', (path, place) => {
    expect(file.locate(path)).toBe(place);
  });

  test('of a node that the file does not have, that must be the key which it follows from', () => {
    const { locate } = parseRmsxFile(`${first}\ntopology: custom\nports: { base: 70 }\nname: a`, 'f');
    expect(locate('nodes.slave-1.source')).toBe('f:2: nodes.slave-1.source');
    expect(locate('nodes.slave-1.port')).toBe('f:3: nodes.slave-1.port');
    expect(locate('nodes.slave-1.ip')).toBeUndefined();
  });

  test('a pause between pings that is too long must be told where it stands', () => {
    const { request, locate } = parseRmsxFile(`${first}\nreplication: { pingPeriod: 70s }`, 'f');
    const problems = checkUpRequest({ ...request, name: 'demo', locate: (path) => locate(path) ?? path });
    expect(problems).toEqual([expect.stringMatching(/^f:2: replication\.pingPeriod: /)]);
  });
});

describe('the name of the cluster', () => {
  test.each([
    ['name: demo', 'demo'],
    ['a: [\nname: demo # mine\n\tb: }', 'demo'],
    [`name:   'demo'\r\n`, 'demo'],
    ['"name" : "demo"', 'demo'],
    ['{ "a": 1, "name": "demo" }', 'demo'],
    ['---\n{a: 1,\nname: demo}', 'demo'],
    ['name: 12', '12'],
    ['nodes:\n  name: demo', undefined],
    ['surname: demo', undefined],
    ['# name: demo', undefined],
    ['name:', undefined],
    ['name: ""', ''],
    ['', undefined],
  ])('must be found in %j, whatever else is wrong', (text, name) => {
    expect(clusterNameIn(text)).toBe(name);
  });

  test.each(['name: &n demo', 'name:\n  demo', 'name: !!str demo', 'name: >-\n  demo', '<<: { name: demo }'])(
    'a file with %j must be refused, as other commands would not find it',
    (body) => {
      expect(problemsIn(`${first}\n${body}`)).toEqual([
        expect.stringMatching(/^rmsx.yaml:\d: name: write it on a line of its own, as in name: redis-server/),
      ]);
    },
  );
});

test('damage of any kind must give problems or a request, and nothing else', () => {
  const good = `${first}\nname: demo\nports: { base: 6379 }\nreplication:\n  timeout: 60s # a minute\nnodes:\n  slave-1: &a { priority: 5 }\n  slave-2: *a\nredis: { save: "", x: [a, 'b'] }\n`;
  let seed = 20_261_121;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const bits = [
    '\t',
    '\n',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a',
    '*a',
    '<<: ',
    '!',
    '|',
    '%',
    '#',
    '\0',
    '\r',
    '~',
    '?',
    ',',
  ];
  for (let run = 0; run < 500; run++) {
    let text = good;
    for (let change = 0; change <= random(4); change++) {
      const at = random(text.length);
      const length = random(12);
      const added = [bits[random(bits.length)], text.slice(at, at + length).repeat(2), ''][random(3)];
      text = text.slice(0, at) + added + text.slice(at + length);
    }
    const file = parseRmsxFile(text, 'f');
    for (const problem of file.problems) expect(problem).toMatch(/^f:\d+: ./);
    if (file.problems.length > 0) continue;
    expect(file.request).toMatchObject({ directives: {}, nodes: {} });
    expect(clusterNameIn(text)).toBe(file.name);
    expect(() =>
      checkUpRequest({ ...file.request, name: 'demo', locate: (path) => file.locate(path) ?? path }),
    ).not.toThrow();
  }
});
