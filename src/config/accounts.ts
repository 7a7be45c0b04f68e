import { z } from 'zod';
import {
  ACCOUNT_DEFAULTS,
  type Account,
  BILLING_MODELS,
  CLOSED_WINDOW_POLICIES,
  defaultAccountName,
  REASON_OUTCOMES,
  UNKNOWN_POLICIES,
} from '../domain/account.js';
import { maskNumber } from '../domain/mask.js';
import { isCountry } from '../domain/phone-number.js';
import { isUsableVariable } from '../domain/template.js';
import { duplicates, json } from './json.js';
import { matching, type Parsed, type Problem } from './kinds.js';

/** Where an account's key is: in the setting itself, in a file of its own, or nowhere. */
export type KeySource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'none' };

export type AccountEntry = {
  readonly account: Account;
  readonly key: KeySource;
  /** Whether it leaves preflight to what is set for all. */
  readonly defaultPreflight: boolean;
};

const NUMBER = /^[1-9]\d{7,14}$/;
const NUMBER_FORM = 'an international number: 8 to 15 digits, no +';

export const accountNumber = { ...matching(NUMBER, NUMBER_FORM), show: maskNumber };

const whole = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const text = (max: number) => {
  const error = `a text of 1 to ${max} characters`;
  return z.string({ error }).min(1, { error }).max(max, { error });
};
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: words.join(' | ') });

/** A name is the metrics' label and stands in logs, so it must not look like a number there. */
const NAME_FORM = 'a name of 1 to 32 letters, digits, . _ -, without 8 digits in a row';
const name = z
  .string({ error: NAME_FORM })
  .regex(/^(?!.*\d{8})[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, { error: NAME_FORM });

const budgetLimit = whole(0, 1_000_000_000).nullable().default(null);
const budget = z.strictObject(
  {
    perDay: budgetLimit,
    perMonth: budgetLimit,
    timeZone: z
      .string({ error: 'a time zone such as Asia/Jerusalem' })
      .refine(isTimeZone, { error: 'a time zone such as Asia/Jerusalem' })
      .default(ACCOUNT_DEFAULTS.budget.timeZone),
  },
  { error: 'an object of perDay, perMonth, timeZone' },
);

const VARIABLE_FORM = 'a text of 1 to 1024 characters that cannot come out empty, such as "{caption}"';
const variable = z.string({ error: VARIABLE_FORM }).refine(isUsableVariable, { error: VARIABLE_FORM });

const template = z.strictObject(
  {
    name: text(512),
    language: whole(1, 99).optional(),
    variables: z
      .array(variable, { error: 'an array of texts' })
      .max(10, { error: 'at most 10 texts' })
      .default([]),
  },
  { error: 'an object of name, language, variables' },
);

const REASON_FORM = 'an object from FAIL reasons ("9") or HTTP statuses ("http_503") to outcomes';
const reasons = z.record(z.string().regex(/^(\d{1,4}|http_[2-5]\d\d)$/), oneOf(REASON_OUTCOMES), {
  error: REASON_FORM,
});

const COUNTRY_FORM = 'a country by its two capital letters (ISO 3166), such as IL';
const country = z.string({ error: COUNTRY_FORM }).refine(isCountry, { error: COUNTRY_FORM });

const fields = {
  from: z.string({ error: NUMBER_FORM }).regex(NUMBER, { error: NUMBER_FORM }),
  name: name.optional(),
  apiKey: text(512).optional(),
  apiKeyFile: text(4096).optional(),
  ratePerSecond: whole(1, 1000).default(ACCOUNT_DEFAULTS.ratePerSecond),
  pairBurst: whole(1, 1000).default(ACCOUNT_DEFAULTS.pairBurst),
  pairIntervalMs: whole(0, 3_600_000).default(ACCOUNT_DEFAULTS.pairIntervalMs),
  budget: budget.default(ACCOUNT_DEFAULTS.budget),
  billing: oneOf(BILLING_MODELS).default(ACCOUNT_DEFAULTS.billing),
  onClosedWindow: oneOf(CLOSED_WINDOW_POLICIES).default(ACCOUNT_DEFAULTS.onClosedWindow),
  onUnknown: oneOf(UNKNOWN_POLICIES).default(ACCOUNT_DEFAULTS.onUnknown),
  askHistory: z.boolean({ error: 'true | false' }).default(ACCOUNT_DEFAULTS.askHistory),
  preflight: z.boolean({ error: 'true | false' }).optional(),
  template: template.nullable().default(ACCOUNT_DEFAULTS.template),
  reasons: reasons.default(ACCOUNT_DEFAULTS.reasons),
  country: country.nullable().default(ACCOUNT_DEFAULTS.country),
};
const account = z.strictObject(fields, {
  error: ({ code }) =>
    `${code === 'unrecognized_keys' ? 'some of' : 'an object of'} ${Object.keys(fields).join(', ')}`,
});
type RawAccount = z.infer<typeof account>;

const EXPECTED = 'a JSON array of accounts, each with its own from and apiKey or apiKeyFile';

export const accountList = json<readonly RawAccount[], readonly AccountEntry[]>({
  expected: EXPECTED,
  schema: z.array(account, { error: EXPECTED }).min(1, { error: EXPECTED }),
  build: buildEntries,
  show: (entries) => entries.map((entry) => entry.account.name).join(', '),
});

/** The accounts of a list, with what is set for all of them where one does not say itself. */
export function withPreflight(
  entries: readonly AccountEntry[],
  preflight: boolean,
): readonly { readonly account: Account; readonly key: KeySource }[] {
  return entries.map(({ account, key, defaultPreflight }) => ({
    account: defaultPreflight ? { ...account, preflight } : account,
    key,
  }));
}

/** The account of the single form: `WAYBILL_FROM` and `WAYBILL_PROVIDER_API_KEY`. */
export function singleAccount(from: string): Account {
  return { ...ACCOUNT_DEFAULTS, from, name: defaultAccountName(from) };
}

function buildEntries(raw: readonly RawAccount[]): Parsed<readonly AccountEntry[]> {
  const entries = raw.map((each) => ({
    account: toAccount(each),
    key: keyOf(each),
    defaultPreflight: each.preflight === undefined,
  }));
  const problems = [
    ...duplicates(
      raw.map(({ from }) => from),
      'from',
    ),
    ...duplicates(
      entries.map((entry) => entry.account.name),
      'name',
    ),
    ...raw.flatMap(crossCheck),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: entries };
}

function crossCheck({ apiKey, apiKeyFile, onClosedWindow, template }: RawAccount, index: number): Problem[] {
  const problems: Problem[] = [];
  if (apiKey !== undefined && apiKeyFile !== undefined) {
    problems.push({ problem: `at /${index} has both apiKey and apiKeyFile`, expected: 'one of the two' });
  }
  if (onClosedWindow === 'template' && template === null) {
    problems.push({
      problem: `at /${index}/template is missing`,
      expected: 'a template, as onClosedWindow names it',
    });
  }
  return problems;
}

function toAccount({ apiKey: _key, apiKeyFile: _file, name, template, ...rest }: RawAccount): Account {
  return {
    ...rest,
    name: name ?? defaultAccountName(rest.from),
    preflight: rest.preflight ?? ACCOUNT_DEFAULTS.preflight,
    template: template && toTemplate(template),
  };
}

function toTemplate({ name, language, variables }: z.infer<typeof template>) {
  return { name, variables, ...(language === undefined ? {} : { language }) };
}

function keyOf({ apiKey, apiKeyFile }: RawAccount): KeySource {
  if (apiKeyFile !== undefined) return { kind: 'file', path: apiKeyFile };
  return apiKey === undefined ? { kind: 'none' } : { kind: 'text', text: apiKey };
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
