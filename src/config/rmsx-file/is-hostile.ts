const maxNested = 100;
const maxAnchors = 1000;

/**
 * Whether a text would take the parser of YAML more than its time or its stack: that can end the whole process. It looks
 * at characters alone, comments and quotes included; nothing that a person writes comes near to the limits.
 */
export function isHostile(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open++;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > maxNested) return true;
  }
  if ((text.match(/&/g)?.length ?? 0) > maxAnchors) return true;
  return text.split('\n').some((line) => (line.match(/[-?:](?=\s)/g)?.length ?? 0) > 4 * maxNested && isNested(line));
}

/** A list in a list in a list, on one line. */
const isNested = (line: string): boolean => /(?:[-?:]\s+){50}/.test(line);
