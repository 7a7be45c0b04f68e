import type { FaultInput } from '../../sandbox/faults/fault.js';

/** One way in which the provider fails an attempt, and what the table of outcomes says of it. */
export type ProviderFault = {
  readonly name: string;
  /** Ordered of the sandbox for one delivery; `taken`: where either may be, whether it takes the message. */
  readonly order: (taken: boolean) => FaultInput;
  /** Of the first attempt: outcome and reason. */
  readonly outcome: string;
  readonly end: 'accepted' | 'failed' | 'as_taken';
};

/** Together, and then a good answer: never so many in a row that an account's breaker closes its gate. */
export const PROVIDER_FAULTS: readonly (readonly ProviderFault[])[] = [
  [
    doubtful('hang before headers', 'timeout', (accept) => ({
      kind: 'hang',
      when: 'before_headers',
      accept,
    })),
    doubtful('hang after headers', 'timeout', (accept) => ({ kind: 'hang', when: 'after_headers', accept })),
    doubtful('reset after reading', 'reset', () => ({ kind: 'reset_after_reading' })),
    doubtful('reset after accepting', 'reset', () => ({ kind: 'reset_after_accepting' })),
  ],
  [
    doubtful('reset in the answer', 'reset', (accept) => ({ kind: 'reset_mid_response', accept })),
    ...[500, 502, 503].map((status) =>
      doubtful(`HTTP ${status}`, `http_${status}`, (accept) => ({ kind: 'http', status, accept })),
    ),
  ],
  [
    doubtful('HTML', 'not_json', (accept) => ({ kind: 'http', status: 200, accept })),
    doubtful('truncated JSON', 'not_json', (accept) => ({ kind: 'truncated_json', accept })),
    doubtful('10 MB', 'too_large', (accept) => ({ kind: 'huge_body', bytes: 10_000_000, accept })),
    doubtful('neither OK nor FAIL', 'no_status', (accept) => ({ kind: 'odd_json', accept })),
  ],
  [
    doubtful('FAIL 1', '1', (accept) => ({ kind: 'fail', reason: 1, accept })),
    failing(4, 'rejected', 'failed'),
    failing(5, 'rejected', 'failed'),
    failing(9, 'rejected', 'accepted'),
  ],
  [
    {
      name: 'HTTP 429',
      order: () => ({ kind: 'http', status: 429 }),
      outcome: 'throttled http_429',
      end: 'accepted',
    },
    failing(6, 'throttled', 'accepted'),
    failing(7, 'window_closed', 'accepted'),
    failing(8, 'window_closed', 'accepted'),
  ],
  [failing(2, 'account_error', 'failed')],
  [failing(3, 'account_error', 'accepted')],
];

function doubtful(name: string, reason: string, order: ProviderFault['order']): ProviderFault {
  return { name, order, outcome: `unknown ${reason}`, end: 'as_taken' };
}

function failing(reason: number, outcome: string, end: ProviderFault['end']): ProviderFault {
  return {
    name: `FAIL ${reason}`,
    order: () => ({ kind: 'fail', reason }),
    outcome: `${outcome} ${reason}`,
    end,
  };
}
