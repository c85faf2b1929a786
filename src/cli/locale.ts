/** @returns whether the user's terminal shows more than ASCII, as the first of the usual variables that is set says */
export const isUtf8 = ({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean =>
  /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
