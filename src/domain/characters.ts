/**
 * How many characters a text has: Unicode code points, as JSON Schema and most languages count, so that a limit
 * means the same to every client. `length` counts most emoji twice.
 */
export function countCharacters(text: string): number {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_').length;
}
