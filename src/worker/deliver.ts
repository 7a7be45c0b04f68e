import type { Job as QueueJob } from 'bullmq';
import type { Account } from '../domain/account.js';
import { retryWaitMs } from '../domain/breaker.js';
import type { Claim } from '../domain/claim.js';
import { type Decision, decide } from '../domain/decide.js';
import type { SendKind } from '../domain/delivery.js';
import { isFields, type Owner, type Sealer, sealRequest } from '../domain/seal.js';
import { deliveryIdOf, refusedIdOf } from '../queue/names.js';
import { act } from './act.js';
import { createAge } from './clock.js';
import type { JobEnd } from './job-end.js';
import { lock } from './lock.js';
import type { Lock } from './locks.js';
import { linkToInspect } from './preflight.js';
import { readJob } from './read-job.js';
import type { Claimed, DeliverDeps, Delivered, Run } from './run.js';
import { horizonOf } from './send.js';
import { refuse } from './stop.js';
import { subjectOf } from './tell.js';

/** A delivery that claims this often in one run is going in circles: it takes a breath. */
const MOST_CLAIMS = 20;
const BREATH_MS = 1000;

/** The pipeline: read, claim, decide, act; again while the act calls for a new claim. */
export async function deliver(
  job: QueueJob,
  { account, lock: jobLock }: { readonly account: Account; readonly lock: Lock },
  deps: DeliverDeps,
): Promise<Delivered> {
  const queued = { id: job.id ?? '', timestamp: job.timestamp };
  const owner = { from: account.from, id: deliveryIdOf(queued.id) ?? refusedIdOf(queued.id) };
  await sealJob(job, owner, deps.sealer);
  const read = readJob(job, { owner, account }, deps.sealer);
  if ('locked' in read) return lock({ owner, account, why: read.locked }, deps);
  if (!read.ok) return refuse({ ...read, account, job: queued }, deps);
  // Another client's link may be spelled otherwise: it is kept and shown as it is sent.
  if (read.respelled !== null) await job.updateData(sealRequest(read.respelled, owner, deps.sealer));
  const isPrioritised = job.priority > 0;
  const run = {
    delivery: read.delivery,
    account,
    job: queued,
    request: job.data,
    isPrioritised,
    lock: jobLock,
  };
  return { ref: read.delivery, end: await claimAndAct(run, deps) };
}

/** Another client's request comes in clear: from now on it is not. */
async function sealJob(job: QueueJob, owner: Owner, sealer: Sealer): Promise<void> {
  if (!isFields(job.data)) return;
  const sealed = sealRequest(job.data, owner, sealer);
  if (sealed !== job.data) await job.updateData(sealed);
}

async function claimAndAct(run: Run, deps: DeliverDeps): Promise<JobEnd> {
  let kind: SendKind = 'file';
  for (let claims = 0; claims < MOST_CLAIMS; claims += 1) {
    if (deps.isDraining()) return { kind: 'given_back' };
    const claimed = await claim(run, kind, deps);
    if (isOwnDoubt(claimed)) {
      await deps.release({ ...run.delivery, attempt: claimed.attempt });
      continue;
    }
    const decision = decide(claimed.claim, policyOf(run));
    tellClaim(run, { claim: claimed.claim, decision }, deps);
    if (decision.do === 'claim_again') {
      kind = decision.send;
      continue;
    }
    const end = await act({ run, claimed, decision }, deps);
    if (end !== null) return end;
    kind = 'file';
  }
  return { kind: 'delayed', until: deps.effects.now() + BREATH_MS, status: 'waiting' };
}

/**
 * The answer was so long on its way that somebody has called the attempt unknown meanwhile: who is told so here has
 * not dispatched it.
 */
function isOwnDoubt({ attempt, claim }: Claimed): boolean {
  return claim.kind === 'unknown' && claim.doubt.attempt === attempt;
}

async function claim(
  run: Run,
  kind: SendKind,
  { store, effects, timeouts, retry, release, sealer }: DeliverDeps,
): Promise<Claimed> {
  const age = createAge(effects);
  const attempt = effects.newId();
  const { account, delivery, job } = run;
  const { maxAttempts } = retry;
  const asked = {
    account,
    attempt,
    send: kind,
    horizonMs: horizonOf(delivery, timeouts),
    maxAttempts,
    retryWaitMs: retryWaitMs(effects.random()),
    now: effects.now(),
    preflight: linkToInspect(run, sealer),
  };
  try {
    return { attempt, age, claim: await store.claim(delivery, job, asked) };
  } catch (error) {
    // It may have been granted all the same. Nothing is sent on it, and nobody else can know that.
    await release({ ...delivery, attempt });
    throw error;
  }
}

function policyOf({ delivery, account }: Run) {
  return {
    onClosedWindow: delivery.onClosedWindow ?? account.onClosedWindow,
    onUnknown: delivery.onUnknown ?? account.onUnknown,
  };
}

function tellClaim(
  run: Run,
  told: { readonly claim: Claim; readonly decision: Decision },
  deps: DeliverDeps,
): void {
  const { claim: answer, decision } = told;
  const verdict = answer.kind === 'refused' ? answer.refusal.why : answer.kind;
  const until = 'until' in decision ? decision.until : null;
  const event = { verdict, decision: decision.do, until, ...subjectOf(run) };
  if (answer.kind === 'go') deps.observer.claimGranted(event);
  else deps.observer.claimRefused(event);
}
