import { request } from 'undici';
import type { SandboxOptionsInput } from '../../sandbox/options.js';
import type { Sandbox } from '../../sandbox/sandbox.js';

export const FROM = '972771234567';
export const API_KEY = 'sandbox-key';
export const TO = '972501111111';
export const LINK = 'https://files.example/invoice.pdf';

/** Callbacks without delay, so that `idle()` is near. */
export const PROMPT: NonNullable<SandboxOptionsInput['callbacks']> = {
  sentMs: { min: 0, max: 0 },
  deliveredMs: { min: 1, max: 1 },
  readMs: { min: 1, max: 1 },
  readProbability: 1,
};

type Fields = Record<string, unknown>;
export type Reply = {
  readonly status: number;
  readonly headers: Fields;
  readonly text: string;
  readonly json: Fields;
};

/** One POST to the provider's API. `json` is empty when the answer is not a JSON object. */
export async function call(sandbox: Sandbox, endpoint: string, fields: Fields | string): Promise<Reply> {
  const { statusCode, headers, body } = await request(`${sandbox.url}/${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof fields === 'string' ? fields : JSON.stringify({ apiKey: API_KEY, from: FROM, ...fields }),
  });
  const text = await body.text();
  return { status: statusCode, headers, text, json: parse(text) };
}

export function sendFile(sandbox: Sandbox, fields: Fields = {}): Promise<Reply> {
  return call(sandbox, 'sendFile', { to: TO, body: LINK, ...fields });
}

function parse(text: string): Fields {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
