import type { Client } from '../../app/client.js';
import { UnavailableError, ValidationError, WaybillError } from '../../errors.js';
import type { BulkAnswer } from '../../index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { openInput } from './input.js';
import { grouped, startProgress, type Tally } from './progress.js';
import { openRejects, type Rejects } from './rejects.js';
import { csvSource, ndjsonSource, type PlacedRecord } from './source.js';

/** A file of requests, or `-`. */
export type BulkFile = {
  readonly format: 'csv' | 'ndjson';
  readonly path: string;
  /** The account of those that name none. */
  readonly from: string | undefined;
  readonly rejects: string | undefined;
  readonly json: boolean;
};

/** Takes in a file's requests, and answers each. */
export async function enqueueFile(file: BulkFile, client: Client, context: CliContext): Promise<ExitCode> {
  const { output } = context;
  const input = openInput(file.path, context);
  const source = sourceOf(file, input.bytes);
  const path = file.rejects ?? rejectsBeside(file);
  const rejects = openRejects(path, source.rejectHead);
  const tally: Tally = { taken: 0, again: 0, refused: 0, warned: 0 };
  const progress = startProgress(context, input);
  try {
    const from = await defaultAccount(client, file.from);
    for await (const answers of client.waybill.enqueueStream(withAccount(source.records, from))) {
      for (const answer of answers) {
        await count(answer, { tally, rejects });
        if (file.json) output.json(answerJson(answer));
      }
      progress.tell(tally);
    }
  } catch (error) {
    progress.end();
    output.note(resumeText(tally, file));
    throw error;
  } finally {
    progress.end();
    await rejects.close();
  }
  if (!file.json) output.lines(summary(tally, path));
  else if (tally.refused > 0) output.note(`refused ones are in ${path}`);
  return tally.refused > 0 ? EXIT.refused : EXIT.done;
}

export function sourceOf({ format }: Pick<BulkFile, 'format'>, bytes: AsyncIterable<Uint8Array>) {
  return format === 'csv' ? csvSource(bytes) : ndjsonSource(bytes);
}

function rejectsBeside({ path, format }: BulkFile): string {
  return `${path === '-' ? 'stdin' : path}.rejects.${format}`;
}

/** None where there is a choice: each request must name its own then. */
export async function defaultAccount(client: Client, asked: string | undefined): Promise<string | null> {
  try {
    return (await client.account(asked)).from;
  } catch (error) {
    if (asked === undefined && error instanceof WaybillError && error.code === 'ACCOUNT_NEEDED') return null;
    throw error;
  }
}

/** Puts the account into requests that name none. */
export async function* withAccount(
  records: AsyncIterable<readonly PlacedRecord[]>,
  from: string | null,
): AsyncGenerator<readonly PlacedRecord[], void, undefined> {
  for await (const some of records) {
    yield some.map((record) => {
      if (from === null || !('request' in record) || !isObject(record.request)) return record;
      return { ...record, request: { from, ...record.request } };
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Counting = { readonly tally: Tally; readonly rejects: Rejects };

/** @throws UnavailableError: what follows would only be answered in the same way */
async function count(
  { record, answer }: BulkAnswer<PlacedRecord>,
  { tally, rejects }: Counting,
): Promise<void> {
  if ('error' in answer) {
    if (answer.error instanceof UnavailableError) throw answer.error;
    tally.refused += 1;
    await rejects.add(record.reject(reasonOf(answer.error)));
    return;
  }
  if (answer.duplicate) tally.again += 1;
  else tally.taken += 1;
  if (answer.warnings.length > 0) tally.warned += 1;
}

function reasonOf(error: WaybillError): string {
  if (!(error instanceof ValidationError)) return error.message;
  return error.errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`.trim()).join('; ');
}

function answerJson({ record: { line }, answer }: BulkAnswer<PlacedRecord>) {
  if (!('error' in answer)) return { line, ...answer };
  const { error } = answer;
  const errors = error instanceof ValidationError ? { errors: error.errors } : {};
  return { line, error: { code: error.code, message: error.message, ...errors } };
}

function summary({ taken, again, refused, warned }: Tally, rejects: string): readonly string[] {
  return [
    `${grouped(taken)} taken`,
    ...(again === 0 ? [] : [`${grouped(again)} the same again: nothing was added`]),
    ...(warned === 0 ? [] : [`${grouped(warned)} with a warning: --json shows it`]),
    ...(refused === 0
      ? []
      : [`${grouped(refused)} refused: correct them in ${rejects} and enqueue that file`]),
  ];
}

function resumeText({ taken, again, refused }: Tally, { path }: BulkFile): string {
  const answered = `Stopped after ${grouped(taken + again + refused)}, of which ${grouped(taken)} were taken.`;
  const how = path === '-' ? 'feed the same input again' : 'run the same command again';
  return `${answered} To go on, ${how}: what was taken is known, and is not taken twice.`;
}
