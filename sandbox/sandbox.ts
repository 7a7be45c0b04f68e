import { randomInt } from 'node:crypto';
import { createVerbs } from './create-verbs.js';
import { listen } from './http-server.js';
import { parseSandboxOptions, type SandboxOptionsInput } from './options.js';
import { createStage } from './stage.js';
import type { SandboxVerbs } from './verbs.js';

/** A provider's stand-in that listens. */
export type Sandbox = SandboxVerbs & {
  /** Of the provider's API: what `WAYBILL_PROVIDER_URL` wants. */
  readonly url: string;
  /** Of the control API: what `createSandboxClient` wants. */
  readonly origin: string;
  /** Gives the same draws again, if it meets the same calls in the same order. */
  readonly seed: number;
  /** Idempotent. Callbacks that are due are forgotten, calls that wait are cut. */
  close(): Promise<void>;
};

/** `now` is the clock that time travel starts from, epoch milliseconds. */
export type SandboxSources = { readonly now?: () => number };

/**
 * Starts the stand-in; a composition root of its own, so clock and seed have their defaults here.
 * Throws a SandboxError `invalid_options`, or the listener's own error when the port is taken.
 */
export async function startSandbox(
  input: SandboxOptionsInput = {},
  { now = Date.now }: SandboxSources = {},
): Promise<Sandbox> {
  const options = parseSandboxOptions(input);
  const seed = options.seed ?? randomInt(2 ** 32);
  const stage = createStage(options, { seed, now });
  const verbs = createVerbs(stage);
  const face = await listen(stage, verbs);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await face.close();
    await stage.close();
  };
  return {
    ...verbs,
    url: `${face.origin}${options.basePath}`,
    origin: face.origin,
    seed,
    close() {
      closed ??= close();
      return closed;
    },
  };
}
