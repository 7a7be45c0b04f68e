import fc from 'fast-check';
import { readEnv } from '../../src/config/env.js';
import { createSecrets } from '../../src/config/secrets.js';
import { SETTING_NAMES } from '../../src/config/settings.js';
import { parseConfig } from '../../src/config.js';
import { readProjectFile } from '../ops/compose-file.js';
import { readComposeEnv } from '../support/compose-dotenv.js';

// .env as people fill it in, read as Compose reads it. Keys are made by others: any character may be in one.

const EXAMPLE = readProjectFile('.env.example');
const FROM = '972771234567';

/** Puts a value between the quotes that .env.example has for it, as it says. */
function fillIn(name: string, value: string, text = EXAMPLE): string {
  const slot = new RegExp(`^(?:# )?${name}='[^\\n]*'$`, 'm');
  expect(text).toMatch(slot);
  const line = /\\('|$)/.test(value)
    ? `${name}=${inDoubleQuotes(value)}`
    : `${name}=${inSingleQuotes(value)}`;
  return text.replace(slot, () => line);
}

function inSingleQuotes(value: string): string {
  return `'${value.replaceAll("'", "\\'")}'`;
}

function inDoubleQuotes(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`;
}

function keyIn(text: string): string | undefined {
  const { sources } = parseConfig(readEnv(readComposeEnv(text)));
  return createSecrets(sources, { now: Date.now, onFailure: () => undefined }).apiKey(FROM);
}

const KEYS: readonly (readonly [what: string, key: string])[] = [
  ['a dollar sign', 'ab$cd'],
  ['what looks like a variable', 'ab$' + '{HOME}cd'],
  ['a dollar sign at its end', 'abcd$'],
  ['two dollar signs', 'ab$$cd'],
  ['a dollar sign before a digit', 'pa$5word'],
  ['a number sign', 'ab#cd'],
  ['a number sign behind a blank', 'ab #cd'],
  ['a double quote', 'ab"cd'],
  ['a double quote at its beginning', '"abcd'],
  ['a single quote', "ab'cd"],
  ['blanks', 'ab  cd'],
  ['a backslash', 'ab\\cd'],
  ['what looks like an escape', 'ab\\ncd'],
  ['a backslash at its end', 'abcd\\'],
  ['a backslash before a single quote', "ab\\'cd"],
  ['a backslash, a dollar sign and a quote at its end', 'ab$c"d\\'],
  ['an equals sign', 'abcd=='],
  ['a colon', 'ab:cd'],
  ['a backtick', 'ab`cd'],
  ['letters of another script', 'מפתח'],
];

it.each(KEYS)('a key with %s comes through .env as it is: %s', (_what, key) => {
  expect(keyIn(fillIn('WAYBILL_PROVIDER_API_KEY', key))).toBe(key);
});

it.each(KEYS)('so does one in a list of accounts, with %s', (_what, apiKey) => {
  const single = EXAMPLE.replace(/^WAYBILL_(FROM|PROVIDER_API_KEY)=.*$/gm, '');
  const list = JSON.stringify([{ from: FROM, name: 'shop', apiKey }]);
  expect(keyIn(fillIn('WAYBILL_ACCOUNTS', list, single))).toBe(apiKey);
});

it('any key without line breaks comes through, however it is made up', () => {
  const character = fc.constantFrom('$', '{', '}', '#', "'", '"', '\\', ' ', 'a', '1', '=', ':', '-');
  const key = fc.oneof(fc.string({ unit: character, minLength: 1 }), fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(key, (value) => {
      fc.pre(!/[\r\n]/.test(value));
      expect(readComposeEnv(fillIn('WAYBILL_PROVIDER_API_KEY', value)).WAYBILL_PROVIDER_API_KEY).toBe(value);
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['a dollar sign', 'ab$cd', 'ab'],
  ['a number sign behind a blank', 'ab #cd', 'ab'],
])('without the quotes a key with %s is another one', (_what, key, read) => {
  const text = EXAMPLE.replace("WAYBILL_PROVIDER_API_KEY=''", () => `WAYBILL_PROVIDER_API_KEY=${key}`);
  expect(readComposeEnv(text).WAYBILL_PROVIDER_API_KEY).toBe(read);
});

it('every slot that a person fills in has its quotes', () => {
  const unquoted = [...EXAMPLE.matchAll(/^([A-Z_]+)=(.*)$/gm)].filter(
    ([, , value = '']) => !value.startsWith("'"),
  );
  expect(unquoted.map(([, name]) => name)).toEqual(['WAYBILL_FROM']);
});

it('the example is read whole, and its comments too once their # is taken away', () => {
  const all = EXAMPLE.replace(/^# (?=[A-Z_]+=)/gm, '');
  const names = Object.keys(readComposeEnv(all));
  expect(names.filter((name) => !(SETTING_NAMES as readonly string[]).includes(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(25);
});

it('says nothing of events and settings that is not so', () => {
  expect(EXAMPLE).not.toMatch(/not supported/i);
  const events = JSON.stringify([
    { url: 'https://app.example.com/hook', secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`] },
  ]);
  const { config } = parseConfig(readEnv(readComposeEnv(fillIn('WAYBILL_EVENT_ENDPOINTS', events))));
  expect(config.eventEndpoints.map(({ url }) => url)).toEqual(['https://app.example.com/hook']);
});

it.each([
  ['docker run --env-file', "'abcd'"],
  ['a systemd unit', '"abcd"'],
])('a key that kept its quotes (%s) is refused rather than used: %s', (_who, text) => {
  const raw = () => parseConfig(readEnv({ WAYBILL_FROM: FROM, WAYBILL_PROVIDER_API_KEY: text }));
  expect(raw).toThrow(/WAYBILL_PROVIDER_API_KEY.* is in quotes/);
});
