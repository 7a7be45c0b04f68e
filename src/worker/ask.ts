import type { DoubtFacts } from '../domain/claim.js';
import { type Evidence, findEvidence, spanStart } from '../domain/evidence.js';
import type { Acceptance, Outcome } from '../domain/outcome.js';
import type { JobEnd } from './job-end.js';
import { type Reading, readHistory } from './read-history.js';
import type { DeliverDeps, Run } from './run.js';
import { subjectOf } from './tell.js';

/** Asks the history what became of an attempt, and settles it when that is certain; null: claim again. */
export async function ask(run: Run, doubt: DoubtFacts, deps: DeliverDeps): Promise<JobEnd | null> {
  const { delivery } = run;
  const { startedAt, horizonAt, send } = doubt;
  const attempt = { ...delivery, attempt: doubt.attempt };
  const template = send === 'template' ? templateOf(run) : null;
  const span = { template, startedAt, horizonAt, fileUrl: delivery.fileUrl, caption: delivery.caption };
  const reading = await readHistory(run, { since: spanStart(span) }, deps);
  const uniques = reading.messages.map(({ unique }) => unique);
  const owned = await deps.attempts.owned(attempt, uniques);
  const evidence = findEvidence(span, reading.messages, (unique) => owned.has(unique));
  if (evidence.kind === 'found') {
    const proven = await deps.attempts.prove(attempt, outcomeOf(evidence), {
      ...run,
      reason: 'history',
      gate: null,
    });
    if (proven.kind === 'settled') {
      tellProof(run, deps);
      return {
        kind: 'completed',
        result: { id: delivery.id, unique: evidence.unique, status: proven.status },
      };
    }
  }
  const absent = reading.complete && evidence.kind === 'none';
  await deps.attempts.noteAsked(attempt, {
    reading: deps.effects.newId(),
    absent,
    lagMs: deps.historyLagMs,
    found: wordOf(evidence, reading),
  });
  return null;
}

function templateOf({ delivery, account }: Run): string | null {
  return (delivery.template ?? account.template)?.name ?? null;
}

function outcomeOf({ unique, timestamp }: Extract<Evidence, { readonly kind: 'found' }>): Outcome {
  const acceptance: Acceptance = { unique, timestamp, windowLeftMs: null };
  return { kind: 'accepted', reason: 'ok', acceptance };
}

function wordOf(evidence: Evidence, { complete }: Reading): string {
  if (evidence.kind === 'found') return 'owned_by_another';
  if (evidence.kind === 'ambiguous') return 'ambiguous';
  return complete ? 'absent' : 'incomplete';
}

function tellProof(run: Run, { observer }: DeliverDeps): void {
  observer.deliveryMoved({ ...subjectOf(run), from: 'unknown', to: 'accepted', reason: 'history' });
}
