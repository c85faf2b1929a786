import type { YAMLError } from 'yaml';

/** What the parser of YAML finds, in our words: its own messages may show the text, which may be a secret. */
const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias stands alone, without an anchor or a tag of its own',
  BAD_ALIAS: 'this is no name for an anchor',
  BAD_COLLECTION_TYPE: 'this tag is for something else than what follows it',
  BAD_DIRECTIVE: 'a line that begins with % is for YAML itself, and this one means nothing to it',
  BAD_DQ_ESCAPE: 'there is no such escape in double quotes; use single quotes, or write \\\\ for a backslash',
  BAD_INDENT: 'the indentation does not fit the lines around it',
  BAD_PROP_ORDER: 'the anchor or tag stands on the wrong side of - or ? or :',
  BAD_SCALAR_START: 'a text cannot begin with this character; write it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second key on this line, or a line that is indented too far; a text with ": " in it needs quotes',
  BLOCK_IN_FLOW: 'there are indented lines inside of brackets; close the brackets first',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters, or a missing colon',
  MISSING_CHAR: 'something is missing here, or on the line before: a colon, a comma, a bracket or a blank',
  MULTILINE_IMPLICIT_KEY: 'a key has to end on its line with a colon, and this does not',
  MULTIPLE_ANCHORS: 'there are two anchors for one thing',
  MULTIPLE_DOCS: 'a second document begins here; a file describes one cluster',
  MULTIPLE_TAGS: 'there are two tags for one thing',
  RESOURCE_EXHAUSTION: 'things are nested too deeply',
  TAB_AS_INDENT: 'a tab indents this line; YAML takes blanks only',
  TAG_RESOLVE_FAILED: 'this tag (a word that begins with !) has no meaning here',
  UNEXPECTED_TOKEN: 'something stands here that does not belong here, such as a bracket or a comma too many',
};

/** @returns what is wrong, without a word of the file */
export function explainYaml({ code, message }: YAMLError): string {
  if (/^Missing closing ["']quote/.test(message)) return 'a quote is not closed, here or further up';
  if (/must be sufficiently indented and end with a/.test(message))
    return 'a bracket is not closed, here or further up';
  return sentences[code] ?? 'this is not YAML';
}
