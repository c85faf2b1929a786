import { RmsxError } from '../domain/errors.ts';

/** What a template may name; a line that names a list stands once for each of its elements. */
export type TemplateValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * Fills `{{name}}` in a template.
 * @param file - name of the template, for messages
 * @throws RmsxError `bad-spec` that names the line of every unknown placeholder
 */
export function renderTemplate(file: string, text: string, values: TemplateValues): string {
  const problems: string[] = [];
  const lines = text.split('\n').flatMap((line, index) => {
    const names = [...line.matchAll(/\{\{([^}]*)\}\}/g)].map((match) => match[1]?.trim() ?? '');
    for (const name of names) {
      if (!Object.hasOwn(values, name)) problems.push(`${file}:${index + 1}: unknown placeholder {{${name}}}`);
    }
    const list = names.map((name) => values[name]).find((value) => Array.isArray(value)) as
      | readonly string[]
      | undefined;
    return list ? list.map((element) => fill(line, values, element)) : [fill(line, values, '')];
  });
  if (problems.length > 0) {
    const known = Object.keys(values).join(', ');
    throw new RmsxError('bad-spec', `The template ${file} cannot be rendered.`, {
      problems,
      hint: `It may name: ${known}`,
    });
  }
  return lines.join('\n');
}

function fill(line: string, values: TemplateValues, element: string): string {
  return line.replace(/\{\{([^}]*)\}\}/g, (_, name: string) => {
    const value = values[name.trim()];
    return typeof value === 'string' ? value : element;
  });
}
