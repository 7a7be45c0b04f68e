import { Option } from 'commander';
import { z } from 'zod';

/** What several commands take. */
export function fromOption(): Option {
  return new Option('--from <account>', 'account: its number or name');
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON object a line');
}

export const flag = z.boolean().default(false);
export const text = z.string().min(1, { error: 'must not be empty' });
