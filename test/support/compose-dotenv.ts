/**
 * Reads an env file as Compose does, by the rules of compose-go's `dotenv` (parser.go, godotenv.go): what is between
 * single quotes stands as it is, all else is interpolated. @throws Error on what Compose refuses
 */
export function readComposeEnv(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const found: Record<string, string> = {};
  const lookup = (name: string) => environment[name] ?? found[name] ?? '';
  let rest = text.replace(/^\uFEFF/, '');
  for (;;) {
    rest = rest.replace(/^(\s+|#[^\n]*)+/, '');
    if (rest === '') return found;
    const [whole = '', name = ''] = /^(?:export\s+)?([\w.[\]-]+)[^\S\n]*[=:][^\S\n]*/.exec(rest) ?? [];
    if (name === '') throw new Error(`unexpected character in variable name: ${rest.split('\n', 1)[0]}`);
    const value = readValue(rest.slice(whole.length), lookup);
    found[name] = value.text;
    rest = value.rest;
  }
}

type Value = { readonly text: string; readonly rest: string };
type Lookup = (name: string) => string;

function readValue(source: string, lookup: Lookup): Value {
  const quote = source[0];
  if (quote === "'" || quote === '"') return readQuoted(source, quote, lookup);
  const [line = ''] = source.split('\n', 1);
  const [beforeComment = ''] = line.split(' #', 1);
  return { text: interpolate(beforeComment.trimEnd(), lookup), rest: source.slice(line.length) };
}

function readQuoted(source: string, quote: string, lookup: Lookup): Value {
  let raw = '';
  for (let at = 1; at < source.length; at += 1) {
    const [character = '', next] = [source[at], source[at + 1]];
    if (character === quote) {
      const text = quote === "'" ? raw : interpolate(unescaped(raw), lookup);
      return { text, rest: source.slice(at + 1) };
    }
    if (character !== '\\' || next === undefined) raw += character;
    else {
      // A quote's backslash goes; any other stays, with what follows it.
      raw += next === quote ? quote : `\\${next}`;
      at += 1;
    }
  }
  throw new Error(`unterminated quoted value ${source.split('\n', 1)[0]}`);
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // Which interpolation makes one of.
  $: '$$',
};

function unescaped(text: string): string {
  return text.replace(/\\([abcfnrtv$"\\])/g, (whole, character: string) => ESCAPED[character] ?? whole);
}

/** `$$`, `$NAME`, `${NAME}` and `${NAME:-default}`; Compose knows more, and refuses a `$` before anything else. */
function interpolate(text: string, lookup: Lookup): string {
  return text.replace(/\$(?:\$|[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::?-[^}]*)?\}|)/g, (whole) => {
    if (whole === '$$') return '$';
    const [, name = '', fallback = ''] = /^\$\{?(\w+)(?::?-([^}]*))?\}?$/.exec(whole) ?? [];
    if (name === '') throw new Error(`invalid interpolation format at ${whole}`);
    return lookup(name) || fallback;
  });
}
