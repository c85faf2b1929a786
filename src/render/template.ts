import { createRequire } from 'node:module';
import type Mustache from 'mustache';
import { RmsxError } from '../domain/errors.ts';
import { checkTemplate, type TemplateToken } from './template-check.ts';

/** A template, and what messages call it. */
export interface Template {
  readonly file: string;
  readonly text: string;
}

/**
 * What a placeholder or a section may stand for: text; a condition; null for something that is left out; a list, which
 * its section repeats, as `{{.}}` or by the names of its elements.
 */
export type TemplateValue = string | boolean | null | readonly string[] | readonly TemplateValues[];

/** What a template may name. */
export interface TemplateValues {
  readonly [name: string]: TemplateValue;
}

/**
 * Fills a Mustache template. Strict where Mustache is not: a name that nothing stands for is an error, not nothing.
 * @param essential - names that the template has to use, as what they stand for must not be lost in silence
 * @throws RmsxError `bad-spec` that lists file and line of everything that is wrong
 */
export function renderTemplate(template: Template, values: TemplateValues, essential: readonly string[] = []): string {
  const { problems, used } = checkTemplate(template, parseTemplate(template), values);
  const isSection = (name: string): boolean => Array.isArray(values[name]) || typeof values[name] === 'boolean';
  const unused = essential
    .filter((name) => !used.has(name))
    .map((name) => `${template.file}: {{${isSection(name) ? '#' : ''}${name}}} is not in it, and must be`);
  if (problems.length > 0 || unused.length > 0) throw refused(template, [...problems, ...unused], values);
  return loadMustache().render(template.text, values, undefined, { escape: String });
}

/** @returns the names of all placeholders and sections of a template, used or not */
export function namesIn(template: Template): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (tokens: readonly TemplateToken[]): void => {
    for (const [kind, name, , , children] of tokens) {
      if (kind !== 'text') names.add(name);
      if (Array.isArray(children)) collect(children);
    }
  };
  collect(parseTemplate(template));
  return names;
}

/** As one CommonJS file, and when the first template is filled: most commands fill none. */
const loadMustache = (): typeof Mustache => createRequire(import.meta.url)('mustache') as typeof Mustache;

function parseTemplate(template: Template): readonly TemplateToken[] {
  try {
    return loadMustache().parse(template.text) as readonly TemplateToken[];
  } catch (error) {
    throw refused(template, [syntaxProblem(template, error)]);
  }
}

/** Mustache names the offset in its text; people look for lines. */
function syntaxProblem({ file, text }: Template, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const [, what = message, at] = /^(.*) at (\d+)$/s.exec(message) ?? [];
  const [, section] = /^\w+ section "(.*)"$/s.exec(what) ?? [];
  const line = (offset: number): number => text.slice(0, offset).split('\n').length;
  if (what.startsWith('Unclosed section'))
    return `${file}:${line(Number(at))}: the section {{#${section}}} is not closed before here`;
  if (what.startsWith('Unopened section'))
    return `${file}:${line(Number(at))}: {{/${section}}} closes a section that is not open`;
  if (what === 'Unclosed tag') {
    const opened = text.indexOf('{{', text.lastIndexOf('}}') + 1);
    return `${file}:${line(opened < 0 ? Number(at) : opened)}: a placeholder is not closed by }}`;
  }
  return `${file}:${line(Math.max(0, text.indexOf('{{=')))}: other delimiters are two words, as in {{=<% %>=}}`;
}

function refused({ file }: Template, problems: readonly string[], values?: TemplateValues): RmsxError {
  return new RmsxError('bad-spec', `The template ${file} cannot be rendered.`, {
    problems,
    hint: values
      ? `It may name: ${formatNames(values)}`
      : 'The syntax is that of Mustache: https://mustache.github.io/mustache.5.html',
  });
}

/** `port, directives (a list), nodes (a list of node, ip)` */
const formatNames = (values: TemplateValues): string =>
  Object.entries(values)
    .map(([name, value]) => {
      if (!Array.isArray(value)) return name;
      const [first] = value as readonly (string | TemplateValues)[];
      return `${name} (a list${typeof first === 'object' ? ` of ${Object.keys(first).join(', ')}` : ''})`;
    })
    .join(', ');
