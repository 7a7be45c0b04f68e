import { Option } from 'commander';
import { z } from 'zod';
import type { SandboxWishes } from './run-sandbox.js';

/** Options of the sandbox that both `waybill sandbox` and `waybill dev` take. */
export function sandboxFlags(): readonly Option[] {
  return [
    new Option('--seed <number>', 'the same draws again, for the same calls in the same order'),
    new Option('--fetch-files', 'the sandbox looks at the files, as the provider would'),
  ];
}

const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, { error: 'must be a whole number' })
    .transform(Number)
    .refine((value) => value <= max, { error: `must be at most ${max}` });

export const seed = whole(0xffff_ffff);
export const port = whole(65_533);

export function wishesOf(given: {
  readonly seed?: number | undefined;
  readonly fetchFiles: boolean;
}): SandboxWishes {
  return {
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.fetchFiles ? { fetchFiles: true } : {}),
  };
}
