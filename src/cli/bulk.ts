import type { Client, DeliveryRow, ListFilter } from '../app/client.js';
import type { Status } from '../domain/status.js';
import type { WaybillError } from '../errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { wantYes } from './options.js';
import type { Output } from './output.js';
import { UsageError } from './usage-error.js';

const PAGE = 500;

/** One of many: how it went, or why it was refused. */
export type Done =
  | { readonly id: string; readonly line: string; readonly json: unknown }
  | { readonly id: string; readonly error: WaybillError };

/** A change that filters are given for. */
export type Bulk = {
  /** As in `3 to cancel`. */
  readonly verb: string;
  /** Those that it can be done to. */
  readonly statuses: readonly Status[];
  /** Left out by now, though it may be done later; default: none. */
  readonly tooEarly?: (row: DeliveryRow) => boolean;
  /** What is said of those. */
  readonly early?: string;
  readonly act: (rows: readonly DeliveryRow[]) => Promise<readonly Done[]>;
};

type Given = { readonly filter: ListFilter; readonly yes: boolean; readonly json: boolean };

/** Counts what the filters leave, and changes it where that is confirmed; page by page, however many they are. */
export async function runBulk(
  { filter, yes, json }: Given,
  bulk: Bulk,
  { client, output }: { readonly client: Client; readonly output: Output },
): Promise<ExitCode> {
  const { verb, statuses, tooEarly = () => false } = bulk;
  const count = { ready: 0, early: 0 };
  let refused = false;
  for await (const page of pagesOf(client, narrowed(filter, statuses, verb))) {
    const able = page.filter(({ status }) => statuses.includes(status));
    const ready = able.filter((row) => !tooEarly(row));
    count.ready += ready.length;
    count.early += able.length - ready.length;
    if (yes && ready.length > 0) refused = tell(await bulk.act(ready), json, output) || refused;
  }
  const early = count.early === 0 ? '' : `${count.early} more ${bulk.early}`;
  if (yes) {
    if (count.ready === 0) output.note('None.');
    if (early !== '') output.note(`left as they are: ${early}`);
    return refused ? EXIT.refused : EXIT.done;
  }
  if (json) output.json(count);
  else output.line([`${count.ready} to ${verb}`, early].filter((part) => part !== '').join('; '));
  if (count.ready === 0) return EXIT.done;
  return wantYes(output);
}

/** @throws UsageError when the verb never does anything to such deliveries */
function narrowed(filter: ListFilter, statuses: readonly Status[], verb: string): ListFilter {
  if (filter.status !== undefined && !statuses.includes(filter.status)) {
    throw new UsageError(`--status: to ${verb} is only for those that are ${statuses.join(', ')}`);
  }
  const [only, ...others] = statuses;
  return others.length === 0 && only !== undefined ? { ...filter, status: only } : filter;
}

/** Everything that a filter leaves, page by page. */
export async function* pagesOf(
  { operator }: Client,
  filter: ListFilter,
): AsyncGenerator<readonly DeliveryRow[]> {
  let page = await operator.list({ ...filter, limit: PAGE });
  yield page.deliveries;
  while (page.cursor !== null) {
    page = await operator.list({ ...filter, limit: PAGE, cursor: page.cursor });
    yield page.deliveries;
  }
}

/** Whether any was refused. */
function tell(done: readonly Done[], json: boolean, output: Output): boolean {
  for (const each of done) {
    if ('error' in each) output.complain(`${each.id}: ${each.error.message}`);
    else if (json) output.json(each.json);
    else output.line(each.line);
  }
  return done.some((each) => 'error' in each);
}
