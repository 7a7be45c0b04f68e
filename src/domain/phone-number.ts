import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  type NumberingPlan,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { conversationOf } from './spellings.js';

// The small metadata (83 KB instead of 157): its patterns know how long a number is and where a national prefix ends.
// The large one tells kinds of numbers apart, and has been wrong about ranges that were given out since.

/** ISO 3166 alpha-2, of those that have a calling code. */
export type Country = CountryCode;

export function isCountry(text: string): text is Country {
  return isSupportedCountry(text);
}

/** A number as it is dialled from abroad, without `+`. */
export type PhoneNumber = {
  readonly digits: string;
  /** Its pattern is known to be in use; a number may be new and possible all the same. */
  readonly isValid: boolean;
  /** As its own country writes it, digits only. */
  readonly national: () => string;
};

/** What WhatsApp takes: E.164, and no short numbers. */
const NUMBER = /^[1-9]\d{7,14}$/;

/** The number that these digits (with a country code, without `+`) are; null where none can be. */
export function readInternational(digits: string): string | null {
  if (!NUMBER.test(digits)) return null;
  // Some are in no numbering plan any more, and still somebody's name on WhatsApp.
  if (isPlain(digits) || conversationOf(digits) !== digits) return digits;
  return read(`+${digits}`)?.digits ?? null;
}

/** The number that somebody in the country dials so, whatever the prefix; null where none can be. */
export function readIn(country: Country, digits: string): PhoneNumber | null {
  return read(digits, country);
}

/** Whether the digits are in use as an international number. */
export function isValidInternational(digits: string): boolean {
  return read(`+${digits}`)?.isValid ?? false;
}

const patterns = new Map<Country, RegExp>();

/** Whether these digits may be a number that is dialled so within the country. */
export function mayBeOf(country: Country, digits: string): boolean {
  const pattern = patterns.get(country) ?? patternOf(country);
  patterns.set(country, pattern);
  return pattern.test(digits);
}

/**
 * Countries that share a calling code dial each other's numbers as their own. A prefix may look like a calling code:
 * 8 495 123-45-67 of Moscow is +84 951234567 as well.
 */
function patternOf(country: Country): RegExp {
  const code = getCountryCallingCode(country);
  const sharing = getCountries().filter((other) => getCountryCallingCode(other) === code);
  const plans = sharing.map(planOf);
  // America's prefix is its calling code.
  const prefixes =
    code === '1' ? [] : plans.map((plan) => textOf(plan, 'nationalPrefixForParsing') || '(?!)');
  const known = plans.map((plan) => textOf(plan, 'nationalNumberPattern') ?? '.*');
  return new RegExp(`^(?:${prefixes.join('|')})?(?:${known.join('|')})$`);
}

/** Why no number is written so, in words that repeat none of it. */
export function whyImpossible(digits: string, hint: string): string {
  if (digits.length < 8 || digits.length > 15) {
    return `has ${digits.length} digits: a number with its country code has 8 to 15`;
  }
  const code = callingCodeOf(digits);
  const what =
    code === null
      ? 'begins with no country code that there is'
      : `has ${digits.length} digits, as no number with the country code ${code} has`;
  return `${what}: give the country code and all that follows it, for example 972501234567${hint}`;
}

function read(text: string, country?: Country): PhoneNumber | null {
  const parsed = parsePhoneNumberFromString(text, {
    extract: false,
    ...(country === undefined ? {} : { defaultCountry: country }),
  });
  const digits = parsed?.number.slice(1) ?? '';
  if (parsed === undefined || !parsed.isPossible() || !NUMBER.test(digits)) return null;
  return { digits, isValid: parsed.isValid(), national: () => parsed.formatNational().replace(/\D/g, '') };
}

type Plan = {
  /** Lengths of a national number that every country of the calling code has. */
  readonly lengths: ReadonlySet<number>;
  /** What begins with a prefix that the library may take away or change; null: unknown. */
  readonly prefix: RegExp | null;
};

let plans: ReadonlyMap<string, Plan> | undefined;

/**
 * Whether the library would find a possible number in the digits and leave them as they are. To ask it takes 10 to 50 µs,
 * and nearly all numbers come so.
 */
function isPlain(digits: string): boolean {
  plans ??= readPlans();
  const code = callingCodeOf(digits);
  const plan = code === null ? undefined : plans.get(code);
  if (code === null || plan?.prefix == null) return false;
  const national = digits.slice(code.length);
  return plan.lengths.has(national.length) && !plan.prefix.exec(national)?.[0];
}

function callingCodeOf(digits: string): string | null {
  plans ??= readPlans();
  for (let length = 1; length <= 3; length += 1) {
    const code = digits.slice(0, length);
    if (plans.has(code)) return code;
  }
  return null;
}

function readPlans(): ReadonlyMap<string, Plan> {
  const byCode = new Map<string, NumberingPlan[]>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    const plan = planOf(country);
    if (plan !== undefined) byCode.set(code, [...(byCode.get(code) ?? []), plan]);
  }
  return new Map([...byCode].map(([code, [first, ...others]]) => [code, joinPlans(first, others)]));
}

function joinPlans(first: NumberingPlan | undefined, others: readonly NumberingPlan[]): Plan {
  const lengths = (first?.possibleLengths() ?? []).filter((length) =>
    others.every((plan) => plan.possibleLengths().includes(length)),
  );
  const prefixes = [first, ...others].map((plan) => textOf(plan, 'nationalPrefixForParsing'));
  const known = prefixes.flatMap((prefix) => (prefix === null || prefix === '' ? [] : [prefix]));
  const isKnown = prefixes.every((prefix) => prefix !== null);
  return {
    lengths: new Set(lengths),
    prefix: isKnown ? new RegExp(`^(?:${known.length === 0 ? '(?!)' : known.join('|')})`) : null,
  };
}

function planOf(country: Country): NumberingPlan | undefined {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan;
}

/** A pattern that the plan has and its types do not show; '' where there is none, null where it cannot be asked. */
function textOf(plan: NumberingPlan | undefined, name: string): string | null {
  if (plan === undefined) return null;
  const ask: unknown = Reflect.get(plan, name);
  if (typeof ask !== 'function') return null;
  const pattern: unknown = ask.call(plan);
  return typeof pattern === 'string' ? pattern : '';
}
