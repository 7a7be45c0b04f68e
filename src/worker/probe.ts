import type { Account } from '../domain/account.js';
import { blamesDelivery, isProbed, probeDelayMs, probesForgotten } from '../domain/probe.js';
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
    absolve(from: string, ids: readonly string[]): Promise<void>;
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

  function plan(from: string, closure: ByWorker): Plan {
    const known = plans.get(from);
    if (known?.closedAt === closure.since) return known;
    const probes = known?.probes ?? 0;
    const dueAt = deps.monotonic() + probeDelayMs(probes, deps.firstProbeMs);
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
    const dueAt = deps.monotonic() + probeDelayMs(probes, deps.firstProbeMs);
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
    const ids = closure.met.map(({ id }) => id);
    await deps.gate.absolve(from, ids);
  }
}

/** The account is well, and was when its gate was closed: what they met was about themselves. */
async function rejectBlamed(account: Account, { met }: ByWorker, deps: ProbeDeps): Promise<void> {
  for (const { id, reason } of met.filter((each) => blamesDelivery(each.reason))) {
    const ref = await deps.store.find(account.from, id);
    if (ref === null) continue;
    const { done } = await deps.store.conclude(ref, { status: 'failed', reason });
    if (!done) continue;
    deps.observer.deliveryMoved({
      ...subjectOf({ delivery: ref, account }),
      from: 'held',
      to: 'failed',
      reason,
    });
  }
}
