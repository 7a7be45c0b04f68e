import { type EarlierLooks, FINE_MS, type Finding, verdictOfFinding } from '../domain/preflight.js';
import type { Sealer } from '../domain/seal.js';
import type { JobEnd } from './job-end.js';
import type { DeliverDeps, Run } from './run.js';
import { conclude } from './stop.js';
import { subjectOf } from './tell.js';

/** What stands for the link in the record; empty where the account wants no preflight. */
export function linkToInspect(
  { account, delivery }: Pick<Run, 'account' | 'delivery'>,
  sealer: Sealer,
): string {
  return account.preflight ? sealer.marks(delivery.fileUrl)[0] : '';
}

/**
 * Looks at the link of a delivery that might go now but for that. Nothing is claimed meanwhile: the next claim finds the
 * look noted. Null: claim again.
 */
export async function preflight(run: Run, before: EarlierLooks, deps: DeliverDeps): Promise<JobEnd | null> {
  const { delivery } = run;
  const begun = deps.effects.monotonic();
  const found = await deps.inspect(delivery);
  const verdict = verdictOfFinding(found, before);
  const look = {
    look: deps.effects.newId(),
    link: linkToInspect(run, deps.sealer),
    found: found.reason,
    detail: found.detail,
    looks: before.looks + 1,
    validMs: verdict.do === 'send' ? FINE_MS : 0,
    againMs: verdict.do === 'again' ? verdict.delayMs : null,
  };
  const notedAt = await deps.store.notePreflight(delivery, look);
  deps.observer.preflightEnded({
    ...subjectOf(run),
    result: verdict.result,
    reason: found.reason,
    detail: found.detail,
    host: new URL(delivery.fileUrl).hostname,
    looks: look.looks,
    durationMs: deps.effects.monotonic() - begun,
  });
  if (notedAt === null || verdict.do === 'send') return null;
  if (verdict.do === 'fail') return fail(run, found, deps);
  deps.observer.deliveryMoved({ ...subjectOf(run), from: null, to: 'waiting', reason: 'preflight' });
  const until = Math.min(notedAt + verdict.delayMs, delivery.expiresAt);
  return { kind: 'delayed', until, status: 'waiting' };
}

/** Nothing was sent, so nothing is billed. */
async function fail(run: Run, { reason, detail }: Finding, deps: DeliverDeps): Promise<JobEnd | null> {
  const end = await conclude(run, { do: 'end', status: 'failed', reason }, deps);
  return end?.kind === 'failed' && detail !== '' ? { ...end, reason: `${end.reason}: ${detail}` } : end;
}
