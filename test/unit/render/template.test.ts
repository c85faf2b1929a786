import { describe, expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import { namesIn, renderTemplate, type TemplateValues } from '../../../src/render/template.ts';
import { errorOf } from '../../helpers/error-of.ts';

const render = (text: string, values: TemplateValues, essential: readonly string[] = []): string =>
  renderTemplate({ file: 't', text }, values, essential);

/** Everything that is said about a template. */
const problemsOf = (text: string, values: TemplateValues, essential: readonly string[] = []): readonly string[] =>
  errorOf(() => render(text, values, essential)).problems;

describe('a template', () => {
  test('must have every placeholder filled, with or without spaces', () => {
    expect(render('port {{port}}\nid {{ id }}-{{port}}\n', { port: '6379', id: 'a' })).toBe('port 6379\nid a-6379\n');
  });

  test('must get values as they are: nothing is escaped, nothing is taken for a template', () => {
    const values = { a: '{{b}} $& $1 <&> "\'` {{{b}}}', b: 'B' };
    expect(render('x {{a}} {{{a}}} {{&a}}', values)).toBe(`x ${values.a} ${values.a} ${values.a}`);
  });

  test('must repeat the section of a list, and leave no empty lines behind', () => {
    const text = 'before\n{{#commands}}\nrename-command {{.}} "{{to}}"\n{{/commands}}\nafter\n';
    const to = '-';
    expect(render(text, { commands: ['KEYS', 'FLUSHALL'], to })).toBe(
      'before\nrename-command KEYS "-"\nrename-command FLUSHALL "-"\nafter\n',
    );
    expect(render(text, { commands: [], to })).toBe('before\nafter\n');
  });

  test('must repeat a section with the names of each element, and the names around it', () => {
    const nodes = [
      { node: 'a', source: null },
      { node: 'b', source: 'a' },
    ];
    const text = '{{#nodes}}{{name}}/{{node}}{{#source}}<{{source}}{{/source}}{{^source}} first{{/source}} {{/nodes}}';
    expect(render(text, { name: 'c', nodes })).toBe('c/a first c/b<a ');
  });

  test('must take a section by its condition', () => {
    const text = '{{#on}}{{#maxmemory}}max {{maxmemory}}{{/maxmemory}}{{/on}}{{^on}}off{{/on}}';
    expect(render(text, { on: true, maxmemory: '1gb' })).toBe('max 1gb');
    expect(render(text, { on: true, maxmemory: null })).toBe('');
    expect(render(text, { on: false, maxmemory: '1gb' })).toBe('off');
  });

  test('may have comments and other delimiters', () => {
    expect(render('{{! no {{ }}a{{=<% %>=}}{{x}}<%x%>', { x: '1' })).toBe('a{{x}}1');
  });

  test('must be asked for its names', () => {
    expect([...namesIn({ file: 't', text: 'a {{b}} {{#c}}{{.}} {{^d}}{{&e}}{{/d}}{{/c}}' })]).toEqual([
      'b',
      'c',
      '.',
      'd',
      'e',
    ]);
  });
});

describe('a template that cannot be rendered', () => {
  test('must have every unknown name told, with file and line, and what it may name', () => {
    const text = 'port {{port}}\n{{prot}}\n\n{{#nodez}}\n{{other}}\n{{/nodez}}\n{{^x}}{{/x}}{{}}';
    expect(
      errorOf(() => renderTemplate({ file: 'my/redis.conf', text }, { port: '1', names: [], nodes: [{ ip: '' }] })),
    ).toEqual({
      code: 'bad-spec',
      message: 'The template my/redis.conf cannot be rendered.',
      problems: [
        'my/redis.conf:2: unknown placeholder {{prot}}',
        'my/redis.conf:4: unknown section {{#nodez}}',
        'my/redis.conf:5: unknown placeholder {{other}}',
        'my/redis.conf:7: unknown section {{^x}}',
        'my/redis.conf:7: unknown placeholder {{}}',
      ],
      hint: 'It may name: port, names (a list), nodes (a list of ip)',
    });
  });

  test('must have unknown names told where a section is left out, too', () => {
    const text = '{{#list}}\n{{a}}{{/list}}{{#off}}\n{{b}}{{/off}}{{^on}}\n{{c}}{{/on}}{{#none}}\n{{d}}{{/none}}';
    expect(problemsOf(text, { list: [], off: false, on: true, none: null })).toEqual([
      't:2: unknown placeholder {{a}}',
      't:3: unknown placeholder {{b}}',
      't:4: unknown placeholder {{c}}',
      't:5: unknown placeholder {{d}}',
    ]);
  });

  test.each(['constructor', 'toString', '__proto__', 'a.b', '.', 'length'])('must not know {{%s}}', (name) => {
    expect(() => render(`{{${name}}}`, { a: '1' })).toThrow(RmsxError);
    expect(() => render(`{{#a}}{{${name === '.' ? 'x' : name}}}{{/a}}`, { a: '1' })).toThrow(RmsxError);
  });

  test('must not lose a value by the way it is named', () => {
    const values = { list: ['a'], on: true, maxmemory: null };
    expect(problemsOf('{{list}}\n{{on}}\nmaxmemory {{maxmemory}}\n{{> partial}}', values)).toEqual([
      't:1: {{list}} is a list: write {{#list}} … {{.}} … {{/list}}',
      't:2: {{on}} is a condition: write {{#on}} … {{/on}}',
      't:3: {{maxmemory}} may be left out: write {{#maxmemory}} … {{maxmemory}} … {{/maxmemory}}',
      't:4: there are no partials: put the text here',
    ]);
  });

  test.each([
    ['a\nb {{x\nc\n', 't:2: a placeholder is not closed by }}'],
    ['{{x}}\n\nb {{x', 't:3: a placeholder is not closed by }}'],
    ['a\n{{#on}}\nb\n', 't:4: the section {{#on}} is not closed before here'],
    ['a\n{{#on}}\n{{/off}}\n', 't:3: the section {{#on}} is not closed before here'],
    ['a\n{{/on}}\n', 't:2: {{/on}} closes a section that is not open'],
    ['a\n{{=<%=}}\n', 't:2: other delimiters are two words, as in {{=<% %>=}}'],
  ])('%j must be told with its line', (text, problem) => {
    expect(errorOf(() => render(text, { x: '1', on: true }))).toEqual({
      code: 'bad-spec',
      message: 'The template t cannot be rendered.',
      problems: [problem],
      hint: 'The syntax is that of Mustache: https://mustache.github.io/mustache.5.html',
    });
  });
});

describe('what a template must name', () => {
  const values = { port: '1', password: 'p', list: ['a'], empty: [], on: true };
  const essential = ['port', 'password', 'list', 'empty', 'on'];

  test('must be in it', () => {
    expect(problemsOf('port {{port}}', values, essential)).toEqual([
      't: {{password}} is not in it, and must be',
      't: {{#list}} is not in it, and must be',
      't: {{#empty}} is not in it, and must be',
      't: {{#on}} is not in it, and must be',
    ]);
  });

  test('must come out: neither a comment nor a section that is left out counts', () => {
    const text = '{{! {{port}} }}{{^on}}{{password}}{{/on}}{{#list}}x{{/list}}{{#empty}}{{/empty}}{{#on}}{{/on}}';
    expect(problemsOf(text, values, essential)).toEqual([
      't: {{port}} is not in it, and must be',
      't: {{password}} is not in it, and must be',
      't: {{#list}} is not in it, and must be',
      't: {{#empty}} is not in it, and must be',
    ]);
  });

  test('may stand anywhere', () => {
    const text =
      '{{#on}}{{port}}{{/on}}{{^empty}}{{password}}{{/empty}}{{#list}}{{.}}{{/list}}{{#empty}}{{.}}{{/empty}}';
    expect(render(text, values, essential)).toBe('1pa');
  });
});
