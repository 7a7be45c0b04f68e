import { z } from 'zod';
import { ledgerCsv, ledgerLines } from '../../../domain/ledger-lines.js';
import { oneOf, query } from '../../../queue/request-fields.js';
import type { LedgerRow } from '../../../redis/ledger.js';
import { accountName, accountNumber, recipient } from '../../delivery-schema.js';
import { textOrNull, time } from '../../wire.js';
import type { Api } from '../api.js';
import { callerOf } from '../guard.js';
import { answers } from '../schemas/problem.js';
import { accountPath } from '../schemas/requests.js';
import { type Accounts, accountAt } from '../scope.js';

type Asked = { readonly from: string; readonly month: string; readonly timeZone: string };

export type LedgerRoutes = {
  readonly accounts: Accounts;
  /** In which its months are counted. */
  readonly zoneOf: (from: string) => Promise<{ readonly timeZone: string }>;
  readonly ledger: (asked: Asked) => Promise<readonly LedgerRow[]>;
  /** What may have been opened by another sender. */
  readonly otherSessions: (asked: Asked) => Promise<readonly Omit<LedgerRow, 'openedBy'>[]>;
};

const month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, { error: 'must be a month such as 2026-11' })
  .describe('yyyy-mm');

const session = z.object({
  openedAt: time.describe('When it was opened'),
  to: recipient,
  openedBy: textOrNull.describe('The delivery; null where it was none of ours'),
  messages: z.int().describe('Messages sent in it'),
  sender: z.enum(['waybill', 'other']).describe('other: another program sends for this number'),
});

const ledgerMonth = z
  .object({
    account: z.object({ from: accountNumber, name: accountName }).describe('Whose month it is'),
    month: z.string().describe('yyyy-mm'),
    timeZone: z.string().describe('IANA: where its month begins and ends'),
    sessions: z.array(session).readonly().describe('Those of another sender come last, and are not ours'),
  })
  .meta({ id: 'LedgerMonth' });

/** `GET /v1/ledger/{from}/{yyyy-mm}`: JSON, or CSV where that is asked for. */
export function addLedger(api: Api, { accounts, zoneOf, ledger, otherSessions }: LedgerRoutes): void {
  api.get('/v1/ledger/:from/:month', {
    config: { roles: ['read'], asksMuch: true },
    schema: {
      operationId: 'getLedger',
      summary: 'List the paid sessions of a month',
      tags: ['ledger'],
      params: accountPath.extend({ month }),
      querystring: query({
        format: oneOf(['json', 'csv']).optional().describe('Beats the Accept header'),
      }),
      response: answers(
        {
          200: {
            description: 'The month’s sessions, oldest first',
            content: {
              'application/json': { schema: ledgerMonth },
              'text/csv': { schema: z.string() },
            },
          },
        },
        ['account_not_found'],
      ),
    },
    handler: async (request, reply) => {
      const { from, name } = await accountAt(request.params.from, callerOf(request), accounts);
      const { timeZone } = await zoneOf(from);
      const { month } = request.params;
      const asked = { from, month, timeZone };
      const [rows, others] = await Promise.all([ledger(asked), otherSessions(asked)]);
      const sessions = ledgerLines({ rows, others });
      if (!wantsCsv(request.query.format, request.headers.accept))
        return { account: { from, name }, month, timeZone, sessions };
      const csv = ledgerCsv(sessions).map((line) => `${line}\r\n`);
      return reply.type('text/csv; charset=utf-8').serializer(String).send(csv.join(''));
    },
  });
}

function wantsCsv(format: 'json' | 'csv' | undefined, accept = ''): boolean {
  if (format !== undefined) return format === 'csv';
  return accept.includes('text/csv') && !accept.includes('application/json');
}
