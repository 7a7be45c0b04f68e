import type { Client } from '../../app/client.js';
import { UnavailableError, ValidationError } from '../../errors.js';
import type { BulkAnswer } from '../../index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type BulkFile, openRequests, reasonOf, rejectsBeside } from './file.js';
import { openInput } from './input.js';
import { grouped, startProgress, type Tally } from './progress.js';
import { openRejects, type Rejects } from './rejects.js';
import type { PlacedRecord } from './source.js';

/** Takes in a file's requests, and answers each. */
export async function enqueueFile(file: BulkFile, client: Client, context: CliContext): Promise<ExitCode> {
  const { output } = context;
  const input = openInput(file.path, context);
  const source = openRequests(file, input.bytes, { client, output });
  const path = file.rejects ?? rejectsBeside(file);
  const rejects = openRejects(path, source.rejectHead);
  const tally: Tally = { taken: 0, again: 0, sameContent: 0, refused: 0, warned: 0 };
  const progress = startProgress(context, input);
  try {
    for await (const answers of client.waybill.enqueueStream(source.records, { run: file.run })) {
      for (const answer of answers) {
        await count(answer, { tally, rejects });
        if (file.json) output.json(answerJson(answer));
      }
      progress.tell(tally);
    }
  } catch (error) {
    progress.end();
    // Before anything was answered, all but an absent Redis must be mended first.
    if (isAnswered(tally) || error instanceof UnavailableError) output.note(resumeText(tally, file));
    throw error;
  } finally {
    progress.end();
    await rejects.close();
  }
  if (source.skipped() !== '') output.note(source.skipped());
  if (tally.sameContent > 0) output.note(sameContentText(tally.sameContent, file));
  if (!file.json) output.lines(summary(tally, path));
  else if (tally.refused > 0) output.note(`refused ones are in ${path}`);
  return tally.refused > 0 ? EXIT.refused : EXIT.done;
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
  // Counted apart: one sentence for all of them.
  const isSame = answer.warnings.some(({ pointer }) => answer.duplicate && pointer === '/id');
  if (isSame) tally.sameContent += 1;
  if (answer.warnings.length > (isSame ? 1 : 0)) tally.warned += 1;
}

function sameContentText(count: number, { run, json }: BulkFile): string {
  const other = run === undefined ? '--run NAME' : 'another --run';
  const which = json ? '' : '; --json shows which';
  return `${grouped(count)} without an id had been taken before and were skipped. If they are meant to go out again, give ${other} or ids${which}.`;
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

function isAnswered({ taken, again, refused }: Tally): boolean {
  return taken + again + refused > 0;
}

function resumeText({ taken, again, refused }: Tally, { path }: BulkFile): string {
  const answered = `Stopped after ${grouped(taken + again + refused)}, of which ${grouped(taken)} were taken.`;
  const how = path === '-' ? 'feed the same input again' : 'run the same command again';
  return `${answered} To go on, ${how}: what was taken is known, and is not taken twice.`;
}
