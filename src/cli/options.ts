import { Option } from 'commander';
import { z } from 'zod';
import { faultOfText, type LONGEST, type Signature } from '../domain/operation.js';
import type { CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { Output } from './output.js';

/** What several commands take. */
export function fromOption(): Option {
  return new Option('--from <account>', 'account: its number or name');
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON object a line');
}

export const flag = z.boolean().default(false);
export const text = z.string().min(1, { error: 'must not be empty' });

/** As an operator signs what is done. `--reason` filters deliveries, so that why it is done is another option there. */
export const signatureOptions = (why: '--why' | '--reason' = '--why'): readonly Option[] => [
  new Option('--by <name>', 'who does it; default: the user of this process'),
  new Option(`${why} <text>`, 'why, for those who ask later'),
];

export const whoField = signatureText('who').optional();
export const whyField = signatureText('reason').optional();

function signatureText(name: keyof typeof LONGEST) {
  return z.string().superRefine((value, context) => {
    const message = faultOfText(name, value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

type Signed = { readonly by?: string | undefined; readonly why?: string | undefined };

/** Who does it, from where and why. */
export function signatureOf({ by, why }: Signed, { person }: Pick<CliContext, 'person'>): Signature {
  const { user, host } = person();
  return { who: by ?? user, source: `command line on ${host}`, reason: why };
}

export function yesOption(): Option {
  return new Option('--yes', 'without an id: do it, instead of telling how many there are');
}

/** What was not confirmed is not done: a script that forgot to does not go on. */
export function wantYes(output: Pick<Output, 'complain'>, what = 'changed'): ExitCode {
  output.complain(`nothing was ${what}: repeat it with --yes`);
  return EXIT.usage;
}

/** A whole number as it is typed. */
export function whole(least: number, most: number) {
  const words = { error: `must be a whole number from ${least} to ${most}` };
  return z
    .string()
    .regex(/^\d{1,10}$/, words)
    .transform(Number)
    .refine((value) => value >= least && value <= most, words);
}
