import { parseJson } from './parse-json.js';

/** What the app said of a delivery, from the JSON that its record keeps; nothing where that cannot be read. */
export function readMetadata(json: string | undefined): Readonly<Record<string, string>> {
  const parsed = parseJson(json ?? '{}');
  if (typeof parsed !== 'object' || parsed === null) return {};
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
}
