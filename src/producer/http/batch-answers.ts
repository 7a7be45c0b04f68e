import type { BulkForm, LineRecord } from '../bulk/read-records.js';
import type { BulkAnswer } from '../bulk/record.js';
import { ProblemError, problemBody } from './problem.js';
import { toProblem } from './translate.js';

type Answer = BulkAnswer<LineRecord>;

/** Writes answers as they come, in the form in which they were asked for. */
export async function* writeAnswers(
  source: AsyncIterable<readonly Answer[]>,
  form: BulkForm,
): AsyncGenerator<string, void, undefined> {
  if (form === 'ndjson') {
    for await (const some of source)
      if (some.length > 0) yield some.map((each) => `${textOf(each)}\n`).join('');
    return;
  }
  let before = '[';
  for await (const some of source) {
    if (some.length === 0) continue;
    yield `${before}${some.map(textOf).join(',\n')}`;
    before = ',\n';
  }
  yield before === '[' ? '[]' : ']';
}

function textOf({ record: { line }, answer }: Answer): string {
  if (!('error' in answer)) return JSON.stringify({ line, ...answer });
  const problem = toProblem(answer.error) ?? new ProblemError('internal', 'this line met a bug');
  return JSON.stringify({ line, error: problemBody(problem) });
}
