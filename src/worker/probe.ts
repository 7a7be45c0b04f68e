import type { Account } from '../domain/account.js';
import { blamesDelivery, isProbed, nextProbeMs, probesForgotten } from '../domain/probe.js';
import type { DeliveryObserver, GateChanged } from '../observe/observer.js';
import type { ProviderClient } from '../provider/client.js';
import type { DeliveryStore } from '../redis/delivery-store.js';
import type { Closure } from '../redis/gate.js';
import { subjectOf } from './tell.js';

export type ProbeDeps = {
  readonly gate: {
    closureOf(from: string): Promise<Closure>;
    /** False when it is not for us to open. */
    reopen(from: string): Promise<boolean>;
    resumeQueue(from: string): Promise<void>;
    absolve(from: string): Promise<void>;
  };
  readonly provider: Pick<ProviderClient, 'getWebhook'>;
  readonly apiKeyOf: (from: string) => string;
  readonly store: Pick<DeliveryStore, 'find' | 'conclude'>;
  readonly observer: Pick<DeliveryObserver, 'deliveryMoved'> & { gateChanged(event: GateChanged): void };
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  readonly firstProbeMs: number;
};

/** When an account is probed next; `closedAt` tells one closing of its gate from another. */
type Plan = { readonly closedAt: number; readonly probes: number; readonly dueAt: number };

type ByWorker = Extract<Closure, { readonly kind: 'by_worker' }>;

/**
 * Asks the provider whether an account that a worker has paused is well again, and opens it if so. Asks with Get
 * Webhook, never with a delivery; ever more seldom, also where a good answer did not help.
 */
export function createProber(deps: ProbeDeps): (account: Account) => Promise<void> {
  const plans = new Map<string, Plan>();

  const dueAfter = (probes: number, reason: string) =>
    deps.monotonic() + nextProbeMs(probes, { reason, firstMs: deps.firstProbeMs });

  function plan(from: string, closure: ByWorker): Plan {
    const known = plans.get(from);
    if (known?.closedAt === closure.since) return known;
    const probes = known?.probes ?? 0;
    const dueAt = dueAfter(probes, closure.reason);
    const planned = { closedAt: closure.since, probes, dueAt };
    plans.set(from, planned);
    return planned;
  }

  function forget(from: string): void {
    const known = plans.get(from);
    if (known !== undefined && probesForgotten(deps.monotonic() - known.dueAt)) plans.delete(from);
  }

  return async (account) => {
    const { from } = account;
    const closure = await deps.gate.closureOf(from);
    if (closure.kind === 'to_resume') return deps.gate.resumeQueue(from);
    if (closure.kind === 'none' || !isProbed(closure.reason)) return forget(from);
    const planned = plan(from, closure);
    if (deps.monotonic() < planned.dueAt) return;
    await probe(account, closure, deps);
    const probes = planned.probes + 1;
    const dueAt = dueAfter(probes, closure.reason);
    plans.set(from, { ...planned, probes, dueAt });
  };
}

async function probe(account: Account, closure: ByWorker, deps: ProbeDeps): Promise<void> {
  const { from, name } = account;
  const answer = await deps.provider.getWebhook({ apiKey: deps.apiKeyOf(from), from });
  if (answer.kind === 'settings') {
    await rejectBlamed(account, closure, deps);
    if (!(await deps.gate.reopen(from))) return;
    deps.observer.gateChanged({
      account: name,
      state: 'open',
      reason: closure.reason,
      until: null,
      by: 'probe',
    });
  } else if (answer.outcome.kind === 'account_error') {
    // The account itself is at fault. What met its error meanwhile is to blame for nothing when it is well again.
    await deps.gate.absolve(from);
  }
}

/**
 * The account is well, and was when its gate was closed: what one alone has met was about itself. Where it was several,
 * they are tried again, after others: these tell whether the account can send.
 */
async function rejectBlamed(account: Account, { met }: ByWorker, deps: ProbeDeps): Promise<void> {
  const [only, ...others] = met;
  if (only === undefined || others.length > 0 || !blamesDelivery(only.reason)) return;
  const ref = await deps.store.find(account.from, only.id);
  if (ref === null) return;
  const { reason } = only;
  const { done } = await deps.store.conclude(ref, { status: 'failed', reason });
  if (!done) return;
  const subject = subjectOf({ delivery: ref, account });
  deps.observer.deliveryMoved({ ...subject, from: 'held', to: 'failed', reason });
}
