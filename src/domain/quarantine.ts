import { maskNumber, maskText } from './mask.js';

/** A callback that could not be applied, as it is kept. */
export type QuarantinedCallback = {
  /** Twelve hexadecimal digits. */
  readonly id: string;
  /** A bounded word for why. */
  readonly reason: string;
  /** Epoch milliseconds by Redis's clock. */
  readonly receivedAt: number;
  /** The text as it came, up to 64 KiB of it. */
  readonly raw: string;
};

/** The same for people: which of our accounts it is about, where that can be read, and nothing private. */
export type ShownCallback = Omit<QuarantinedCallback, 'raw'> & {
  /** The account's number. */
  readonly account: string | null;
  readonly body: string;
};

/** What became of one that was replayed. `kept`: it is still not understood, for this reason. */
export type ReplayedCallback = { readonly id: string } & (
  | { readonly result: 'applied' | 'duplicate' }
  | { readonly result: 'kept'; readonly reason: string }
);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['not_json', 'the body is neither JSON nor a form with a hook'],
  ['not_an_object', 'it is JSON, but no object'],
  ['too_deep', 'it nests more than 20 levels deep'],
  ['batch_empty', 'it is an empty list'],
  ['batch_too_large', 'it is a list of more than 1,000 callbacks'],
  ['keys_repeated', 'an object has a key twice: the last value was applied, and the whole is kept'],
  ['hook_missing', 'it has no field "hook"'],
  ['hook_unlisted', 'its "hook" is neither new, update nor system'],
  ['ack_unlisted', 'its "ack" is not a whole number from -1 to 4'],
  ['inbound_incomplete', '"to", "unique" or the client cannot be read'],
  ['receipt_incomplete', '"to" or "unique" cannot be read'],
  ['inbound_too_old', 'it was written more than 30 days ago, and says nothing of an open window'],
  ['receipt_too_old', 'an earlier version did not take its time: replay it'],
  ['receipt_in_future', 'an earlier version did not take its time: replay it'],
  ['system_update', 'the provider says that a limit of the account has changed'],
  ['system_issues', 'the provider has flagged or blocked the account'],
  ['system_template', 'the provider says something of a template'],
  ['system_unlisted', 'it is a system message of a type that is not known'],
  ['unknown_account', '"to" is none of the accounts'],
]);

/** Why a callback could not be applied. */
export function quarantineInWords(reason: string): string {
  const [, ack] = /^ack_(-?\d+)$/.exec(reason) ?? [];
  if (ack !== undefined) return `its "ack" is ${ack}, which is not known`;
  return WORDS.get(reason) ?? reason.replaceAll('_', ' ');
}

/** People's words and names, and what may be a secret. */
const PRIVATE = /^(body|caption|text|senderName|username|profilePic|email)$|key|token|secret|passw|authori/i;
const CLIENTS = /^(from|from_id|to|phone|messageTo|recipient\w*|wa_id)$/;
const HIDDEN = '…';
const MOST_LEVELS = 20;

/** A callback's text for people: numbers masked, and nothing of what clients wrote. Never throws. */
export function maskCallback(raw: string): string {
  const parsed = parseJson(raw);
  return parsed === undefined ? maskText(raw) : JSON.stringify(maskValue(parsed.value, '', MOST_LEVELS));
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function maskValue(value: unknown, name: string, levels: number): unknown {
  if (value === null || typeof value === 'boolean' || value === '') return value;
  if (PRIVATE.test(name)) return HIDDEN;
  if (typeof value === 'object') return levels === 0 ? HIDDEN : maskInside(value, name, levels - 1);
  const text = String(value);
  if (CLIENTS.test(name)) return maskNumber(text);
  if (typeof value === 'string') return maskText(text);
  // A time is ten digits or more as well, and tells why it was not taken.
  return name === 'timestamp' || maskText(text) === text ? value : maskText(text);
}

function maskInside(value: object, name: string, levels: number): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => maskValue(each, name, levels));
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    maskText(key),
    maskValue(inner, key, levels),
  ]);
  return Object.fromEntries(entries);
}
