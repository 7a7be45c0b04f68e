import { Option } from 'commander';
import { z } from 'zod';
import type { Resolution } from '../app/client.js';
import { flag, text } from './options.js';
import { UsageError } from './usage-error.js';

/** What an operator says became of an unknown delivery, as it is typed. */
export const resolutionFields = {
  sent: flag,
  unique: text.optional(),
  notSent: flag,
  resend: flag,
  close: flag,
};

export const resolutionOptions: readonly Option[] = [
  new Option('--sent', 'it was sent: counts as accepted'),
  new Option(
    '--unique <unique>',
    'with --sent: the provider’s id of the message, so that its receipts are known',
  ),
  new Option('--not-sent', 'it was not sent: wants --resend or --close'),
  new Option('--resend', 'with --not-sent: send it now'),
  new Option('--close', 'with --not-sent: let it fail'),
];

const shape = z.object(resolutionFields);
type Typed = z.output<typeof shape>;

/** @throws UsageError unless exactly one thing is said */
export function resolutionOf({ sent, unique, notSent, resend, close }: Typed): Resolution {
  if (sent === notSent) throw new UsageError('say either --sent or --not-sent');
  if (unique !== undefined && !sent) throw new UsageError('--unique goes with --sent');
  if (sent && (resend || close)) throw new UsageError('--resend and --close go with --not-sent');
  if (sent) return { kind: 'sent', unique: unique ?? null };
  if (resend === close) throw new UsageError('--not-sent wants either --resend or --close');
  return { kind: resend ? 'resend' : 'close' };
}
