import { Option } from 'commander';
import { z } from 'zod';
import type { ListFilter } from '../app/client.js';
import { parseRecipient } from '../domain/recipient.js';
import { moment } from './moment.js';
import { fromOption, text } from './options.js';

/** A recipient as people write it. */
const recipient = z.string().transform((written, context) => {
  const parsed = parseRecipient(written);
  if (parsed.ok) return parsed.recipient;
  context.addIssue({ code: 'custom', message: parsed.detail });
  return z.NEVER;
});

/** Which deliveries are meant, where they are not named one by one. */
export const filterFields = {
  from: text.optional(),
  to: recipient.optional(),
  since: moment.optional(),
  until: moment.optional(),
};

export function filterOptions(): readonly Option[] {
  return [
    fromOption(),
    new Option('--to <recipient>', 'those to this recipient'),
    new Option('--since <time>', 'those that came into this state then or later (unknown: were attempted)'),
    new Option('--until <time>', 'those that came into it until then'),
  ];
}

type Given = {
  readonly to?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
};

/** The filter without what was not given. */
export function filterOf({ to, since, until }: Given): Pick<ListFilter, 'to' | 'since' | 'until'> {
  return {
    ...(to === undefined ? {} : { to }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}
