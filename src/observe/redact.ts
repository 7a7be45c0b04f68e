import { types } from 'node:util';
import { maskNumber, maskText } from '../domain/mask.js';

const REDACTED = '[redacted]';

/** Compared with a key's letters in lower case, so that `api_key`, `API-Key` and `apiKeys` are one. */
const SECRET_KEY =
  /(apikey|token|authorization|secret|password|passwd|cookie|credential|datakey|privatekey)s?$/;

/** An id that Waybill made holds no number, though its characters may happen to look like one. */
const OWN_ID = /^(dlv|evt|att)_[0-9A-HJKMNP-TV-Z]{26}$/;

/** Holds a number or a `from_id`, and nothing else that anybody should see. */
const RECIPIENT = 'recipient';

/** Deeper or longer than this is a payload, and payloads are not logged. */
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;

/** A copy of the fields that is safe to write: secrets redacted, numbers and link queries masked. */
export function redact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactFields(fields, []);
}

type Ancestors = readonly object[];

function redactValue(value: unknown, ancestors: Ancestors): unknown {
  switch (typeof value) {
    case 'string':
      return OWN_ID.test(value) ? value : maskText(value);
    case 'number':
      return redactNumber(value);
    case 'bigint':
      return maskText(`${value}`);
    case 'object':
      return value === null ? null : redactObject(value, ancestors);
    case 'function':
    case 'symbol':
      return undefined;
    default:
      return value;
  }
}

/** A phone number may come as a JSON number; durations, sizes and the epoch milliseconds of our time do not. */
function redactNumber(value: number): number | string {
  const isTime = value > 1.5e12 && value < 2.2e12;
  return Number.isInteger(value) && Math.abs(value) >= 1e9 && !isTime ? maskText(`${value}`) : value;
}

function redactObject(value: object, ancestors: Ancestors): unknown {
  if (ancestors.includes(value)) return '[circular]';
  if (ancestors.length >= MAX_DEPTH) return '[deep]';
  try {
    return copyOf(value, [...ancestors, value]);
  } catch {
    // A getter or a revoked proxy threw: logging must not.
    return '[unreadable]';
  }
}

function copyOf(value: object, path: Ancestors): unknown {
  if (isError(value)) return redactError(value, path);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return maskText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return redactFields(Object.fromEntries(value), path);
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, MAX_ITEMS).map((item: unknown) => redactValue(item, path));
  }
  return redactFields({ ...value }, path);
}

/** An error of another realm (a worker, a sandbox) is no instance of ours, and still one. */
function isError(value: object): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** An error's own fields (`code`, `faults`, …) and its cause are told beside its text. */
function redactError(error: Error, path: Ancestors): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const parts = error instanceof AggregateError ? { errors: error.errors } : {};
  return redactFields({ ...error, ...commandOf(error), name, message, stack, cause, ...parts }, path);
}

/** Redis's client hangs the whole command on its errors, and what a command carries is payload. */
function commandOf(error: Error): { readonly command?: unknown } {
  if (!('command' in error) || typeof error.command !== 'object' || error.command === null) return {};
  return { command: 'name' in error.command ? error.command.name : undefined };
}

function redactFields(fields: Readonly<Record<string, unknown>>, path: Ancestors): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const key of Object.keys(fields).slice(0, MAX_ITEMS)) {
    const value = fields[key];
    const { masked, isSecret } = judge(key);
    const isSet = value !== undefined && value !== null;
    if (isSecret && isSet) safe[masked] = REDACTED;
    else if (key === RECIPIENT && typeof value === 'string') safe[masked] = maskNumber(value);
    else safe[masked] = redactValue(value, path);
  }
  return safe;
}

type Judged = { readonly masked: string; readonly isSecret: boolean };

/** The same few keys come with every line; those of payloads do not, and are not remembered without end. */
const judged = new Map<string, Judged>();
const MOST_JUDGED = 1000;

function judge(key: string): Judged {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const isSecret = SECRET_KEY.test(key.replace(/[^a-z]/gi, '').toLowerCase());
  // Assigned by this name, a value would be no field of the copy but what it inherits from.
  const masked = key === '__proto__' ? '(proto)' : maskText(key);
  const judgement = { masked, isSecret };
  if (judged.size < MOST_JUDGED) judged.set(key, judgement);
  return judgement;
}
