/** What of a well-formed JSON text its parsed value no longer shows. */
export type JsonShape = {
  /** How deep brackets nest; those inside strings do not count. */
  readonly depth: number;
  /** An object names a key twice, so that two readers may take it for two different things. */
  readonly repeatsKey: boolean;
};

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{}:]/g;

/** One pass over the tokens, without recursion: a text may nest as deep as it is long. */
export function jsonShape(json: string): JsonShape {
  const open: (Set<string> | null)[] = [];
  let depth = 0;
  let repeatsKey = false;
  let lastString = '';
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      depth = Math.max(depth, open.push(token === '{' ? new Set() : null));
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const keys = open.at(-1);
      const key = unescaped(lastString);
      repeatsKey ||= keys?.has(key) ?? false;
      keys?.add(key);
    } else {
      lastString = token;
    }
  }
  return { depth, repeatsKey };
}

/** `"\u0061"` and `"a"` are one key. */
function unescaped(token: string): string {
  return token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
}
