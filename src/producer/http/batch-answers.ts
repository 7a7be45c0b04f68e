import type { BulkForm, LineRecord } from '../bulk/read-records.js';
import type { BulkAnswer, BulkSummary } from '../bulk/record.js';
import { ProblemError, problemBody } from './problem.js';
import { toProblem } from './translate.js';

type Answer = BulkAnswer<LineRecord>;
type Answers = AsyncIterable<readonly Answer[]>;
/** Answers as they come, and where that is asked for what they came to, once they have ended. */
type Answering = { readonly answers: Answers; readonly summary: () => BulkSummary | null };

/** Writes answers as they come, in the form in which they were asked for. */
export async function* writeAnswers(
  answering: Answering,
  form: BulkForm,
): AsyncGenerator<string, void, undefined> {
  if (form === 'ndjson') {
    for await (const texts of textsOf(answering)) yield texts.map((each) => `${each}\n`).join('');
    return;
  }
  let before = '[';
  for await (const texts of textsOf(answering)) {
    yield `${before}${texts.join(',\n')}`;
    before = ',\n';
  }
  yield before === '[' ? '[]' : ']';
}

async function* textsOf({ answers, summary }: Answering): AsyncGenerator<readonly string[], void, undefined> {
  for await (const some of answers) if (some.length > 0) yield some.map(textOf);
  const counted = summary();
  if (counted !== null) yield [JSON.stringify({ summary: counted })];
}

function textOf({ record: { line }, answer }: Answer): string {
  if (!('error' in answer)) return JSON.stringify({ line, ...answer });
  const problem = toProblem(answer.error) ?? new ProblemError('internal', 'this line met a bug');
  return JSON.stringify({ line, error: problemBody(problem) });
}
