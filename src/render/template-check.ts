import type { Template, TemplateValue, TemplateValues } from './template.ts';

/** What Mustache makes of a piece of a template: kind, text or name, start and end, and what is in a section. */
export type TemplateToken = readonly [kind: string, name: string, start: number, end: number, children?: unknown];

/** What a look at a template finds. */
export interface TemplateCheck {
  /** As sentences with file and line. */
  readonly problems: readonly string[];
  /** Names whose values come out somewhere. */
  readonly used: ReadonlySet<string>;
}

/** @returns everything that names nothing, or names it in a way that would lose it */
export function checkTemplate(
  template: Template,
  tokens: readonly TemplateToken[],
  values: TemplateValues,
): TemplateCheck {
  const check = new Check(template);
  check.walk(tokens, [{ values, list: null }], true);
  return { problems: [...check.problems], used: check.used };
}

/** What names mean in a section: those of its element, then those around it. */
interface Scope {
  readonly values: TemplateValues;
  /** The section whose element is `{{.}}`. */
  readonly list: string | null;
}

class Check {
  readonly problems = new Set<string>();
  readonly used = new Set<string>();
  readonly #template: Template;

  constructor(template: Template) {
    this.#template = template;
  }

  /** @param active - whether what is here comes out */
  walk(tokens: readonly TemplateToken[], scopes: readonly Scope[], active: boolean): void {
    for (const token of tokens) {
      const [kind] = token;
      if (kind === '>') this.#report(token, 'there are no partials: put the text here');
      else if (kind === '#' || kind === '^') this.#section(token, scopes, active);
      else if (kind === 'name' || kind === '&') this.#placeholder(token, scopes, active);
    }
  }

  #placeholder(token: TemplateToken, scopes: readonly Scope[], active: boolean): void {
    const [, name] = token;
    const scope = findScope(name, scopes);
    const problem = scope ? misuse(name, scope.values[name], active) : `unknown placeholder {{${shorten(name)}}}`;
    if (problem !== undefined) this.#report(token, problem);
    else if (name === '.') this.used.add(scope?.list ?? name);
    else if (active) this.used.add(name);
  }

  #section(token: TemplateToken, scopes: readonly Scope[], active: boolean): void {
    const [kind, name, , , children] = token;
    const inner = (children ?? []) as readonly TemplateToken[];
    const scope = findScope(name, scopes);
    if (!scope) {
      this.#report(token, `unknown section {{${kind}${shorten(name)}}}`);
      this.walk(inner, scopes, false); // what else is wrong is told with it
      return;
    }
    const value = scope.values[name] as TemplateValue;
    const isThere = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (kind === '^') {
      this.walk(inner, scopes, active && !isThere);
      return;
    }
    for (const element of elementsOf(value)) {
      const own = scopeOf(name, element);
      this.walk(inner, own ? [own, ...scopes] : scopes, active && isThere);
    }
    if (active && (value === true || (Array.isArray(value) && typeof value[0] === 'object'))) this.used.add(name);
  }

  #report([, , start]: TemplateToken, problem: string): void {
    const { file, text } = this.#template;
    this.problems.add(`${file}:${text.slice(0, start).split('\n').length}: ${problem}`);
  }
}

/** @returns why a placeholder would lose its value; undefined where it would not */
function misuse(name: string, value: TemplateValue | undefined, active: boolean): string | undefined {
  if (Array.isArray(value)) return `{{${name}}} is a list: write {{#${name}}} … {{.}} … {{/${name}}}`;
  if (typeof value === 'boolean') return `{{${name}}} is a condition: write {{#${name}}} … {{/${name}}}`;
  if (value !== null || !active) return undefined;
  return `{{${name}}} may be left out: write {{#${name}}} … {{${name}}} … {{/${name}}}`;
}

/** Not what every object has: `constructor` is as unknown as any other name. */
const findScope = (name: string, scopes: readonly Scope[]): Scope | undefined =>
  scopes.find(({ values }) => Object.hasOwn(values, name));

/** An empty list, and what is left out, is looked at as if it had one element, which does not come out. */
function elementsOf(value: TemplateValue): readonly (string | boolean | null | TemplateValues)[] {
  if (!Array.isArray(value)) return [value as string | boolean | null];
  return value.length > 0 ? (value as readonly (string | TemplateValues)[]) : [''];
}

function scopeOf(section: string, element: string | boolean | null | TemplateValues): Scope | undefined {
  if (typeof element === 'boolean') return undefined;
  if (typeof element === 'object' && element !== null) return { values: element, list: null };
  return { values: { '.': element ?? '' }, list: section };
}

/** A placeholder that is not closed swallows lines. */
const shorten = (name: string): string => (name.includes('\n') ? `${name.split('\n')[0]}…` : name);
