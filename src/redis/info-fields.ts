/** The fields of INFO by name, read tolerantly: a field that is missing or no number is what the caller says. */
export class InfoFields {
  readonly #fields = new Map<string, string>();

  /** @param text - of INFO, with whatever line ends */
  constructor(text: string) {
    for (const line of text.split(/\r?\n/)) {
      const colon = line.indexOf(':');
      if (colon > 0) this.#fields.set(line.slice(0, colon), line.slice(colon + 1));
    }
  }

  /** @returns name and value of the fields whose name matches, in their order */
  matching(pattern: RegExp): readonly (readonly [string, string])[] {
    return [...this.#fields].filter(([name]) => pattern.test(name));
  }

  text(name: string): string | undefined {
    return this.#fields.get(name);
  }

  number<T>(name: string, otherwise: T): number | T {
    const text = this.#fields.get(name)?.trim() ?? '';
    const value = Number(text);
    return text !== '' && Number.isFinite(value) ? value : otherwise;
  }

  /** @returns a number that is no less than 0; servers say -1 for what is not known */
  count<T>(name: string, otherwise: T): number | T {
    const value = this.number(name, otherwise);
    return typeof value === 'number' && value < 0 ? otherwise : value;
  }

  is(name: string, value: string): boolean {
    return this.#fields.get(name) === value;
  }
}
