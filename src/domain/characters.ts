/**
 * How many characters a text has: Unicode code points, as JSON Schema and most languages count, so that a limit
 * means the same to every client. `length` counts most emoji twice.
 */
export function countCharacters(text: string): number {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '_').length;
}

/** Half of a surrogate pair, and the control characters that no message shows; tab and line breaks are text. */
const BROKEN = /\p{Cs}|(?![\t\n\r\x7f-\x9f])\p{Cc}/u;

/** What keeps a text from being sent as it is, with its place counted from 1; null: nothing does. */
export function brokenCharacter(text: string): string | null {
  const found = BROKEN.exec(text);
  if (found === null) return null;
  const code = found[0].charCodeAt(0);
  const where = `U+${code.toString(16).toUpperCase().padStart(4, '0')} as character ${countCharacters(text.slice(0, found.index)) + 1}`;
  return code < 0x20
    ? `holds a control character, ${where}: leave it out`
    : `holds half of a character, ${where}: give whole ones, as where a text is cut inside an emoji`;
}

/** What a decoder leaves where it could not read the bytes. */
export function hasReplacement(text: string): boolean {
  return text.includes('\ufffd');
}
