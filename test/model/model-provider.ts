import type { Outcome } from '../../src/domain/outcome.js';
import { SECOND } from '../../src/domain/time.js';
import { WINDOW_MS } from '../../src/domain/window.js';
import type { AttemptOptions, ProviderClient } from '../../src/provider/client.js';
import type { Actor } from './actor.js';

/** A message that the provider took; `id`: of the delivery, which only the model can tell. */
export type Taken = {
  readonly id: string;
  readonly unique: string;
  readonly client: string;
  readonly caption: string;
  readonly at: number;
};

/** What becomes of a send call; the first is the everyday one. */
export const FATES = [
  'taken',
  'lost_answer',
  'taken_late',
  'never_arrived',
  '4',
  '6',
  '7',
  '3',
  'no_connection',
] as const;
export type Fate = (typeof FATES)[number];

export type ProviderWorld = {
  readonly now: () => number;
  readonly fate: () => Fate;
  /** Whether the history can be read just now. */
  readonly historyAnswers: () => boolean;
  readonly canonical: (to: string) => string;
  readonly historyLagMs: number;
  /** Just before a message is taken. */
  readonly onTaken: (taken: Taken) => void;
};

type Arriving = { readonly at: number; readonly id: string; readonly to: string; readonly caption: string };

export type ModelProvider = ReturnType<typeof createModelProvider>;

/** The provider's side: what was taken, who may be written to, and what its history shows. */
export function createModelProvider(world: ProviderWorld) {
  const taken: Taken[] = [];
  let arriving: Arriving[] = [];
  const lastInboundAt = new Map<string, number>();

  function take({ id, to, caption }: Omit<Arriving, 'at'>, at: number): Taken {
    const message = { id, unique: `U${taken.length + 1}`, client: world.canonical(to), caption, at };
    world.onTaken(message);
    taken.push(message);
    return message;
  }

  const isOpen = (to: string) =>
    (lastInboundAt.get(world.canonical(to)) ?? Number.NEGATIVE_INFINITY) + WINDOW_MS > world.now();

  function strike(body: Sent, timeoutMs: number): Outcome {
    const fate = world.fate();
    const file = 'body' in body;
    if (file && !isOpen(body.to) && fate !== 'no_connection' && fate !== 'never_arrived') return failed('7');
    const message = { id: idOf(body), to: body.to, caption: ('caption' in body && body.caption) || '' };
    switch (fate) {
      case 'taken': {
        const { unique, at } = take(message, world.now());
        return { kind: 'accepted', reason: 'ok', acceptance: { unique, timestamp: at, windowLeftMs: null } };
      }
      case 'lost_answer':
        take(message, world.now());
        return unknown('reset');
      case 'taken_late':
        arriving.push({ ...message, at: world.now() + timeoutMs });
        return unknown('timeout');
      case 'never_arrived':
        return unknown('reset');
      case 'no_connection':
        return { kind: 'not_sent', reason: 'refused', detail: '' };
      default:
        return failed(fate);
    }
  }

  /** Two steps of the process that sends: the headers are written, and the answer is read. */
  async function send(actor: Actor, body: Sent, { mayWrite, timeoutMs }: AttemptOptions): Promise<Outcome> {
    let writtenAt = 0;
    const answer = await actor.gate(async (): Promise<Outcome> => {
      // One POST, however often the schedule would repeat it.
      if (writtenAt > 0) return unknown('reset');
      writtenAt = world.now();
      if (!mayWrite()) return { kind: 'not_sent', reason: 'stale', detail: '' };
      return strike(body, timeoutMs);
    });
    return actor.gate(async () =>
      answer.kind !== 'not_sent' && world.now() - writtenAt > timeoutMs ? unknown('timeout') : answer,
    );
  }

  return {
    taken: () => taken,
    isOpen,
    writes(client: string): void {
      lastInboundAt.set(client, world.now());
    },
    /** What was on its way arrives. */
    arrive(): void {
      const due = arriving.filter(({ at }) => at <= world.now());
      arriving = arriving.filter(({ at }) => at > world.now());
      for (const message of due) take(message, message.at);
    },

    /** As one process sees it. */
    clientOf: (actor: Actor): ProviderClient => ({
      sendFile: (body, options) => send(actor, body, options),
      sendTemplate: (body, options) => send(actor, body, options),
      getHistory: ({ to, page }) =>
        actor.gate(async () => {
          if (!world.historyAnswers()) return NO_ANSWER;
          const shown = taken
            .filter(
              ({ client, at }) =>
                client === world.canonical(to ?? '') && at + world.historyLagMs <= world.now(),
            )
            .map(({ unique, at, caption }) => ({ ...SHOWN, unique, timestamp: at, text: caption }));
          return { kind: 'page', messages: page === 1 ? shown.reverse() : [], skipped: 0 };
        }),
      setWebhook: () => Promise.reject(new Error('is not asked for')),
      getWebhook: () => Promise.reject(new Error('is not asked for')),
      close: async () => undefined,
    }),
  };
}

type Sent = {
  readonly to: string;
  readonly body?: string;
  readonly headerLink?: string;
  readonly caption?: string | undefined;
};

/** A link's query is no part of what tells messages apart: it tells the model whose message it is. */
function idOf({ body, headerLink }: Sent): string {
  return new URL(body ?? headerLink ?? '').searchParams.get('delivery') ?? '';
}

const NO_ANSWER = { kind: 'failed', outcome: { kind: 'unknown', reason: 'timeout', detail: '' } } as const;
const SHOWN = { direction: 'out', type: 'file', state: null, caption: null, from: null, to: null } as const;

function unknown(reason: string): Outcome {
  return { kind: 'unknown', reason, detail: '' };
}

function failed(reason: '3' | '4' | '6' | '7'): Outcome {
  switch (reason) {
    case '3':
      return { kind: 'account_error', reason, detail: '' };
    case '4':
      return { kind: 'rejected', reason, mapped: true, detail: '' };
    case '6':
      return { kind: 'throttled', reason, detail: '', retryAfterMs: 5 * SECOND };
    case '7':
      return { kind: 'window_closed', reason, detail: '', windowLeftMs: null };
  }
}
