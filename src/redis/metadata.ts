/** What the app said of a delivery, from the JSON that its record keeps; nothing where that cannot be read. */
export function readMetadata(json: string | undefined): Readonly<Record<string, string>> {
  const parsed = parse(json ?? '{}');
  if (typeof parsed !== 'object' || parsed === null) return {};
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
