import { Option } from 'commander';
import { z } from 'zod';
import type { ListFilter, NamedAccount } from '../app/client.js';
import { findRecipient } from '../domain/recipient.js';
import { STATUSES } from '../domain/status.js';
import { moment } from './moment.js';
import { fromOption, text } from './options.js';
import { UsageError } from './usage-error.js';

/** A recipient as people write it to the account. `as`: where it stands. @throws UsageError */
export function recipientOf(written: string, { country }: NamedAccount, as: string): string {
  const parsed = findRecipient(written, country);
  if (parsed.ok) return parsed.recipient;
  throw new UsageError(`${as}: ${parsed.detail}`);
}

/** Which deliveries are meant, where they are not named one by one. */
export const filterFields = {
  from: text.optional(),
  to: text.optional(),
  status: z.enum(STATUSES).optional(),
  reason: text.optional(),
  since: moment.optional(),
  until: moment.optional(),
};

export function filterOptions(): readonly Option[] {
  return [
    fromOption(),
    new Option('--to <recipient>', 'those to this recipient'),
    new Option('--status <status>', 'those that are so by now').choices(STATUSES),
    new Option('--reason <reason>', 'those that are so for this reason, such as window or budget'),
    new Option('--since <time>', 'those made then or later: ISO 8601 with zone, or epoch milliseconds'),
    new Option('--until <time>', 'those made until then'),
  ];
}

const shape = z.object(filterFields);
type Given = z.output<typeof shape>;

export function filterOf({ from, to, status, reason, since, until }: Given): ListFilter {
  return { from, to, status, reason, since, until };
}

/** @throws UsageError where an id and filters are given; `from` says whose the id is */
export function refuseFilters(filter: ListFilter): void {
  const filters = filtersIn(filter);
  if (filters.length === 0) return;
  throw new UsageError(`an id and filters do not go together: leave out --${filters.join(', --')}`);
}

/** @throws UsageError, since all that there is should not be meant by saying nothing */
export function wantFilter(filter: ListFilter): void {
  if (filter.from !== undefined || filtersIn(filter).length > 0) return;
  throw new UsageError('give an id, or say which ones: --from, --to, --status, --reason, --since, --until');
}

function filtersIn({ from: _from, ...others }: ListFilter): readonly string[] {
  return Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
