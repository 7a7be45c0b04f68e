/** What is wrong with a value. `expected` replaces the kind's own words where it can be more exact. */
export type Problem = { readonly problem: string; readonly expected?: string };

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How a setting's text becomes a value, and how the value is shown again; secrets are shown masked. */
export type Kind<T> = {
  readonly expected: string;
  parse(text: string): Parsed<T>;
  show(value: T): string;
};

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function bad(problem: string, expected?: string): Parsed<never> {
  return { ok: false, problems: [expected === undefined ? { problem } : { problem, expected }] };
}

export function integer(min: number, max: number): Kind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      if (!/^\d{1,15}$/.test(text)) return bad('is not a whole number');
      const value = Number(text);
      return value < min || value > max ? bad('is out of range') : good(value);
    },
    show: String,
  };
}

export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    expected: words.join(' | '),
    parse: (text) => {
      const word = words.find((each) => each === text);
      return word === undefined ? bad('is none of these') : good(word);
    },
    show: String,
  };
}

export const onOff: Kind<boolean> = {
  expected: 'on | off',
  parse: (text) => {
    if (['on', 'true', '1', 'yes'].includes(text)) return good(true);
    return ['off', 'false', '0', 'no'].includes(text) ? good(false) : bad('is neither on nor off');
  },
  show: (value) => (value ? 'on' : 'off'),
};

export function matching(pattern: RegExp, expected: string): Kind<string> {
  return {
    expected,
    parse: (text) => (pattern.test(text) ? good(text) : bad('has the wrong form')),
    show: String,
  };
}

/** Secret text: taken as it is, never shown. */
export const secretText: Kind<string> = {
  expected: 'text',
  parse: good,
  show: () => SECRET_SHOWN,
};

export const SECRET_SHOWN = '••••••••';

/** A folder, or `off`. */
export const folder: Kind<string | null> = {
  expected: 'a folder’s path, or off',
  parse: (text) => good(text === 'off' ? null : text),
  show: (value) => value ?? 'off',
};

/** The text of a PEM file; what is configured is its path. */
export const certificate: Kind<string> = {
  expected: 'the path of a file with certificates in PEM form',
  parse: (text) => (text.includes('-----BEGIN CERTIFICATE-----') ? good(text) : bad('holds no certificate')),
  show: (value) => `${value.split('-----BEGIN CERTIFICATE-----').length - 1} certificate(s)`,
};

/** As NO_PROXY has always been written; what is no host or network matches nothing, as elsewhere. */
export const proxyExceptions: Kind<readonly string[]> = {
  expected: 'hosts, .domains, addresses, CIDRs, each with a :port or not, or *, comma-separated',
  parse: (text) =>
    good(
      text
        .toLowerCase()
        .split(/[,\s]+/)
        .filter((entry) => entry !== ''),
    ),
  show: (entries) => entries.join(','),
};

/** Comma-separated items, each parsed by the same kind; at least one. */
export function listOf<T>(item: Kind<T>, expected: string): Kind<readonly T[]> {
  return {
    expected,
    parse: (text) => {
      const parsed = splitList(text).map((part) => item.parse(part));
      const problems = parsed.flatMap((each) => (each.ok ? [] : each.problems));
      if (problems.length > 0) return { ok: false, problems };
      const values = parsed.flatMap((each) => (each.ok ? [each.value] : []));
      return values.length === 0 ? bad('is an empty list') : good(values);
    },
    show: (values) => values.map((value) => item.show(value)).join(','),
  };
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
