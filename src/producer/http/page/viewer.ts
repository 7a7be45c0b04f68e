import type { Caller } from '../../../domain/caller.js';

/** Who looks: what is shown, and whether buttons are. */
export type Viewer = {
  readonly name: string;
  readonly mayOperate: boolean;
  /** Goes with every form that changes something. */
  readonly formToken: string;
};

export function viewerOf(caller: Caller, formToken: string): Viewer {
  return { name: caller.name, mayOperate: caller.roles.includes('operate'), formToken };
}
