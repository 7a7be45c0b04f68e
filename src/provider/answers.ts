import type { Outcome } from '../domain/outcome.js';
import type { WebhookSettings } from '../domain/webhook-needs.js';
import { isSuccess } from './classify.js';
import { type HistoryPage, parseHistory } from './history.js';
import { parseJson, parseReply } from './parse.js';
import type { PostResult } from './post.js';
import { readWebhookSettings } from './webhook-settings.js';

/** Why a question has no answer: what a send's outcome would have been. */
export type Failure = Exclude<Outcome, { kind: 'accepted' }>;
export type Failed = { readonly kind: 'failed'; readonly outcome: Failure };
export type HistoryAnswer = ({ readonly kind: 'page' } & HistoryPage) | Failed;
export type SetWebhookAnswer = { readonly kind: 'done' } | Failed;
export type GetWebhookAnswer = { readonly kind: 'settings'; readonly settings: WebhookSettings } | Failed;

/** A question that came back, and how it is classified as if it were a send. */
export type Question = { readonly result: PostResult; readonly outcome: Outcome };

export function readHistory({ result, outcome }: Question): HistoryAnswer {
  if (result.kind === 'answered' && isSuccess(result.status)) {
    const json = parseJson(result.body);
    if (json.kind === 'json' && Array.isArray(json.value))
      return { kind: 'page', ...parseHistory(json.value) };
  }
  return failed(outcome, 'no_list');
}

export function readDone({ outcome }: Question): SetWebhookAnswer {
  return outcome.kind === 'accepted' ? { kind: 'done' } : { kind: 'failed', outcome };
}

export function readSettings({ result, outcome }: Question): GetWebhookAnswer {
  const reply = result.kind === 'answered' ? parseReply(result.body) : undefined;
  if (outcome.kind === 'accepted' && reply?.kind === 'ok') {
    return { kind: 'settings', settings: readWebhookSettings(reply.fields) };
  }
  return failed(outcome, 'no_settings');
}

/** OK without what was asked for is no answer. */
function failed(outcome: Outcome, missing: string): Failed {
  if (outcome.kind !== 'accepted') return { kind: 'failed', outcome };
  return {
    kind: 'failed',
    outcome: { kind: 'unknown', reason: missing, detail: 'OK without what was asked' },
  };
}
