const key = `(?:"name"|'name'|name)`;
const scalar = String.raw`(?:"([^"\\\r\n]*)"|'([^'\r\n]*)'|([A-Za-z0-9_][^\s#,{}\[\]:]*))`;

/** A key of the file itself stands at the very start of a line. */
const inBlock = new RegExp(`^${key}[ \\t]*:[ \\t]+${scalar}[ \\t]*(?:#.*)?\\r?$`, 'm');
/** JSON is YAML too. */
const inBrackets = new RegExp(`[{,]\\s*${key}\\s*:\\s*${scalar}\\s*[,}]`);

/**
 * Finds the name of the cluster in a file without reading it as YAML, so that it is quick and every other mistake does
 * no harm. `parseRmsxFile` refuses a file in which this finds anything else than the parser of YAML does.
 * @param text - of rmsx.yaml
 * @returns the name as it is written, or undefined where there is none
 */
export function clusterNameIn(text: string): string | undefined {
  const isBracketed = /^\uFEFF?(?:\s|#.*|---)*\{/.test(text);
  const match = (isBracketed ? inBrackets : inBlock).exec(text.replace(/^\uFEFF/, ''));
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
