import { reasonInWords } from '../../../domain/reason-words.js';
import type { AccountDuty } from '../../duty.js';
import { type Html, html } from './html.js';
import { type Look, marked } from './mark.js';
import { around } from './times.js';

/** An account's state in a word, with what a person wants to know of it next. */
export type AccountState = {
  readonly look: Look;
  readonly word: string;
  readonly detail: Html | null;
  /** Somebody may have to do something. */
  readonly isTrouble: boolean;
};

export function stateOf(account: AccountDuty): AccountState {
  const { gate, workers, queue, now, due, removedAt } = account;
  const why = reasonInWords(gate.reason);
  const until = gate.until === null ? null : html` until ${around(gate.until, now)}`;
  if (gate.state === 'paused') {
    const since = gate.since === null ? null : html`, ${around(gate.since, now)}`;
    const detail = html`by ${gate.by === 'worker' ? 'a worker' : gate.who || 'an operator'}${gate.source !== '' && ` from the ${gate.source}`}${since}: ${why}`;
    return { look: { shape: 'square', tone: 'bad' }, word: 'Paused', detail, isTrouble: true };
  }
  if (workers === 0 && removedAt !== null) {
    const detail = html`from the workers’ settings, ${around(removedAt, now)}; its deliveries wait`;
    return { look: { shape: 'ring', tone: 'wait' }, word: 'Removed', detail, isTrouble: true };
  }
  if (workers === 0) {
    const detail = html`nothing is sent until one starts`;
    const look = { shape: 'ring', tone: due > 0 ? 'bad' : 'wait' } as const;
    return { look, word: 'No worker', detail, isTrouble: true };
  }
  if (gate.state === 'breaker')
    return troubled({ shape: 'triangle', tone: 'bad' }, 'Breaker', html`closed${until}: ${why}`);
  if (gate.state === 'probing')
    return troubled({ shape: 'triangle', tone: 'wait' }, 'Probing', html`one attempt at a time`);
  if (gate.state === 'throttled')
    return troubled({ shape: 'half', tone: 'wait' }, 'Throttled', html`rests${until}: ${why}`);
  if (queue.paused)
    return troubled({ shape: 'bars', tone: 'bad' }, 'Queue paused', html`resume the account to open it`);
  return (
    limited(account) ?? {
      look: { shape: 'disc', tone: 'good' },
      word: 'Running',
      detail: null,
      isTrouble: false,
    }
  );
}

/** It runs, and all the same does not do what its owner expects. */
function limited({ webhook, budget, now }: AccountDuty): AccountState | null {
  if (webhook?.state === 'wrong') {
    const [fault = 'the provider refuses to tell its settings'] = webhook.faults;
    return troubled({ shape: 'triangle', tone: 'bad' }, 'Webhook misconfigured', html`${fault}`);
  }
  const used = [budget.month, budget.day].find((each) => each?.left === 0);
  if (used === undefined || used === null) return null;
  const detail = html`new sessions wait for it to renew ${around(used.renewsAt, now)}`;
  return troubled({ shape: 'half', tone: 'wait' }, 'Budget used up', detail);
}

function troubled(look: Look, word: string, detail: Html): AccountState {
  return { look, word, detail, isTrouble: true };
}

export function stateMark(account: AccountDuty): Html {
  const { look, word, detail } = stateOf(account);
  return html`${marked(look, word)}${detail !== null && html`<span class="detail">${detail}</span>`}`;
}

/** A paused account is opened by a button; the others are closed by one. */
export function mayResume({ gate, queue }: AccountDuty): boolean {
  return gate.state !== 'open' || queue.paused;
}
