import { Readable } from 'node:stream';
import type { Caller } from '../../../domain/caller.js';
import { isFields } from '../../../domain/seal.js';
import { UnavailableError, UnknownAccountError, ValidationError, WaybillError } from '../../../errors.js';
import type { LineRecord } from '../../bulk/read-records.js';
import type { BulkAnswer, BulkOptions, BulkRecord, BulkSummary } from '../../bulk/record.js';
import { refusalOf } from '../../read-request.js';
import { insist } from '../../unavailable.js';
import { type Api, scoped } from '../api.js';
import { writeAnswers } from '../batch-answers.js';
import { formOf, readBatchBody, readBodiesAsTheyCome } from '../batch-body.js';
import { callerOf } from '../guard.js';
import { batchAnswers, batchBody, batchQuery, NDJSON } from '../schemas/batch.js';
import { answers } from '../schemas/problem.js';
import { type Accounts, accountOf } from '../scope.js';

export type BatchRoutes = {
  readonly accounts: Accounts;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly enqueueStream: <Source extends BulkRecord>(
    source: AsyncIterable<readonly Source[]>,
    options: BulkOptions,
  ) => AsyncIterable<readonly BulkAnswer<Source>[]>;
  /** @throws ProblemError backlog_full */
  readonly admit: (from: string, wanted: number) => Promise<void>;
  /** @throws UnavailableError while Redis is away */
  readonly checkRedis: () => Promise<void>;
};

/** In the middle of a batch Redis may be slow for a moment. */
const TRIES = 4;

/** Answers wait for a client that sends all it has before it reads: those of 100,000 lines are a third of it. */
const ANSWERS_KEPT_BYTES = 32 * 1024 * 1024;

/** `POST /v1/deliveries/batch`: reads its body as it comes, and answers each line while it reads on. */
export function addBatch(api: Api, routes: BatchRoutes): void {
  api.register(
    scoped((scope) => {
      readBodiesAsTheyCome(scope);
      scope.post('/v1/deliveries/batch', {
        // What stands in the body is validated line by line.
        config: { roles: ['send'], longBody: true, asksMuch: true, readsBody: true },
        schema: {
          operationId: 'enqueueBatch',
          summary: 'Have many files sent',
          description: DESCRIPTION,
          tags: ['deliveries'],
          consumes: ['application/json', NDJSON],
          querystring: batchQuery,
          body: batchBody,
          response: answers({ 200: batchAnswers }, ['malformed_batch', 'unsupported_media_type']),
        },
        handler: async (request, reply) => {
          // Away from the start is an answer to the call; from here on, to each line.
          await routes.checkRedis();
          const form = formOf(request.headers['content-type']);
          const read = await readBatchBody(request.raw, form);
          const answering = answer(admitted(read, callerOf(request), routes), request.query, routes);
          const written = Readable.from(writeAnswers(answering, form), {
            objectMode: false,
            highWaterMark: ANSWERS_KEPT_BYTES,
          });
          return reply.type(form === 'array' ? 'application/json' : NDJSON).send(written);
        },
      });
    }),
  );
}

const DESCRIPTION =
  'Each line, or element, is answered in its place, also a bad one, while the next are read. One without an id gets one out of its content and of `run`: a repeated batch adds nothing twice, and its answers say `duplicate`.';

type Query = { readonly run?: string | undefined; readonly summary?: 'true' | 'false' | undefined };

function answer(records: AsyncIterable<readonly LineRecord[]>, { run, summary }: Query, routes: BatchRoutes) {
  let counted: BulkSummary | null = null;
  const onSummary = (all: BulkSummary): void => {
    if (summary === 'true') counted = all;
  };
  return { answers: routes.enqueueStream(records, { run, onSummary }), summary: () => counted };
}

/** Puts in the account that each record is for, where the key may use it and its backlog has room. */
async function* admitted(
  source: AsyncIterable<readonly LineRecord[]>,
  caller: Caller,
  routes: BatchRoutes,
): AsyncGenerator<readonly LineRecord[], void, undefined> {
  let away: UnavailableError | null = null;
  for await (const records of source) {
    const scoped: LineRecord[] = [];
    for (const record of records) {
      const next: LineRecord =
        away === null ? await withAccount(record, caller, routes) : refused(record, away);
      away ??= absenceIn(next);
      scoped.push(next);
    }
    const some: readonly LineRecord[] = away === null ? await admitAll(scoped, routes.admit) : scoped;
    for (const record of some) away ??= absenceIn(record);
    yield some;
  }
}

/** Once Redis is away, nothing more is asked for the lines that follow. */
function absenceIn(record: LineRecord): UnavailableError | null {
  return 'error' in record && record.error instanceof UnavailableError ? record.error : null;
}

async function withAccount(
  record: LineRecord,
  caller: Caller,
  { accounts, now }: BatchRoutes,
): Promise<LineRecord> {
  if ('error' in record || !isFields(record.request)) return record;
  const { request } = record;
  try {
    const named = request.from ?? undefined;
    const name = named === undefined ? undefined : String(named);
    const { from } = await insist(TRIES, () => accountOf(name, caller, accounts));
    return { ...record, request: { ...request, from } };
  } catch (error) {
    if (!(error instanceof UnknownAccountError || error instanceof ValidationError))
      return refused(record, error);
    return refused(record, refusalOf({ why: error }, request, now()));
  }
}

async function admitAll(
  records: readonly LineRecord[],
  admit: BatchRoutes['admit'],
): Promise<readonly LineRecord[]> {
  const counts = new Map<unknown, number>();
  for (const record of records) {
    const from = accountIn(record);
    if (from !== null) counts.set(from, (counts.get(from) ?? 0) + 1);
  }
  const full = new Map<unknown, unknown>();
  const admitting = [...counts].map(([from, wanted]) =>
    insist(TRIES, () => admit(String(from), wanted)).catch((error: unknown) => full.set(from, error)),
  );
  await Promise.all(admitting);
  return records.map((record) => {
    const from = accountIn(record);
    return full.has(from) ? refused(record, full.get(from)) : record;
  });
}

function accountIn(record: LineRecord): string | null {
  if (!('request' in record) || typeof record.request !== 'object' || record.request === null) return null;
  return 'from' in record.request ? String(record.request.from) : null;
}

/** A bug is not an answer. */
function refused({ line, text }: LineRecord, error: unknown): LineRecord {
  if (!(error instanceof WaybillError)) throw error;
  return { line, text, error };
}
