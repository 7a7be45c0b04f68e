import { reached } from '../../src/domain/status.js';
import type { Delivery } from '../../src/index.js';
import { parseMetrics } from '../observe/metrics-text.js';
import type { PlannedConversation } from '../support/conversations.js';
import { allOf, type Fleet } from '../support/fleet.js';
import { idsOf } from '../support/provider-truth.js';
import { eventually } from '../support/wait.js';
import { compareWithBill, type Ledgered } from './bill.js';

/** How a row's deliveries ended, by the records and by the provider. */
export type Verdict = {
  readonly views: readonly Delivery[];
  /** Neither taken by the provider nor called unknown. */
  readonly lost: number;
  /** Taken more than once. */
  readonly twice: number;
  /** Called unknown at some time. */
  readonly unknown: number;
  /** Those of them that the provider had taken. */
  readonly unknownTaken: number;
  /** Of those, found to be accepted within a minute. */
  readonly settledInAMinute: number;
  /** Called accepted though the provider never took it, or by another's message. */
  readonly wrong: number;
  /** Seen by the provider more often than their records admit: something it saw was called not sent. */
  readonly denied: number;
} & Ledgered;

const SETTLING_MS = 60_000;

/** Waits until every delivery is accepted or unknown, and a minute more for what the history can settle. */
export async function judge(
  fleet: Fleet,
  planned: readonly PlannedConversation[],
  timeoutMs: number,
): Promise<Verdict> {
  const { waybill, sandbox } = fleet;
  const ids = idsOf(planned);
  const first = await allOf(waybill, ids, { until: isSettledOrUnknown, timeoutMs });
  const unsettled = first.filter(({ status }) => status === 'unknown').map(({ id }) => id);
  const taken = takenBy(sandbox.accepted());
  await settled(
    waybill,
    unsettled.filter((id) => taken.has(id)),
  );
  const views = unsettled.length === 0 ? first : await allOf(waybill, ids, { until: () => true, timeoutMs });
  const doubted = views.filter(({ timeline }) => timeline.some(({ status }) => status === 'unknown'));
  const doubtedTaken = doubted.filter(({ id }) => taken.has(id));
  return {
    views,
    lost: views.filter(({ id, status }) => !taken.has(id) && status !== 'unknown').length,
    twice: [...taken.values()].filter((uniques) => uniques.length > 1).length,
    unknown: doubted.length,
    unknownTaken: doubtedTaken.length,
    settledInAMinute: doubtedTaken.filter(isSettledSoon).length,
    wrong: views.filter((view) => isWrong(view, taken)).length,
    denied: denied(sandbox, views),
    ...(await compareWithBill(fleet, views)),
  };
}

function isSettledOrUnknown({ status }: Delivery): boolean {
  return reached(status, 'accepted') || status === 'unknown';
}

type Taken = ReadonlyMap<string, readonly string[]>;

/** The provider's messages by delivery: captions are ids. */
export function takenBy(
  accepted: readonly { readonly caption: string | null; readonly unique: string }[],
): Taken {
  const taken = new Map<string, string[]>();
  for (const { caption, unique } of accepted) {
    taken.set(caption ?? '', [...(taken.get(caption ?? '') ?? []), unique]);
  }
  return taken;
}

/** What is not settled in time shows in the figures. */
async function settled(waybill: Fleet['waybill'], ids: readonly string[]): Promise<void> {
  const isDone = async () => {
    const views = await Promise.all(ids.map((id) => waybill.get(id)));
    return views.every(({ status }) => reached(status, 'accepted'));
  };
  await eventually(isDone, { timeoutMs: SETTLING_MS }).catch(() => undefined);
}

function isSettledSoon({ timeline }: Delivery): boolean {
  const lines = timeline.map(({ at, status }) => ({ at: Date.parse(at), status }));
  const doubtedAt = lines.find(({ status }) => status === 'unknown')?.at ?? 0;
  const end = lines.find(({ at, status }) => at >= doubtedAt && reached(status, 'accepted'));
  return end !== undefined && end.at - doubtedAt <= SETTLING_MS;
}

function isWrong({ id, status, unique }: Delivery, taken: Taken): boolean {
  return reached(status, 'accepted') && !(unique !== null && taken.get(id)?.includes(unique));
}

/** How many were asked of the provider more often than their records know attempts whose bytes may have left. */
export function denied({ requests }: Pick<Fleet['sandbox'], 'requests'>, views: readonly Delivery[]): number {
  const seen = new Map<unknown, number>();
  for (const { endpoint, fields } of requests()) {
    if (endpoint === 'sendFile') seen.set(fields?.caption, (seen.get(fields?.caption) ?? 0) + 1);
  }
  return views.filter(({ id, attempts }) => {
    // One given up as unknown may be told of again by its last word. An account error counts for no attempt, so that the
    // next one has its number.
    const left = attempts.filter(({ number, outcome }, at) => {
      const isSettledLater =
        outcome === 'unknown' && attempts.slice(at + 1).some((later) => later.number === number);
      return outcome !== 'not_sent' && !isSettledLater;
    });
    return (seen.get(id) ?? 0) > left.length;
  }).length;
}

/** A verdict as a row's figures. */
export function figuresOf({ views: _, ...figures }: Verdict): Omit<Verdict, 'views'> {
  return figures;
}

/** The promises that every row makes. */
export function brokenPromises({ lost, twice, wrong, denied, ledgerOff }: Verdict): readonly string[] {
  return [
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(twice > 0 ? [`${twice} accepted twice`] : []),
    ...(wrong > 0 ? [`${wrong} wrongly called accepted`] : []),
    ...(denied > 0 ? [`${denied} called not sent that the provider saw`] : []),
    ...(ledgerOff > 0 ? [`the ledger is not the bill in ${ledgerOff} conversations`] : []),
  ];
}

/** Workers that ended by themselves, where nobody told them to. */
export async function endedWorkers({ workers }: Fleet): Promise<readonly string[]> {
  const running = new Promise<null>((resolve) => setImmediate(resolve, null));
  const exits = await Promise.all(workers.map(({ exited }) => Promise.race([exited, running])));
  const ended = exits.filter((exit) => exit !== null).length;
  return ended === 0 ? [] : [`${ended} workers ended by themselves`];
}

/** Workers that have come back to Redis less often than it went away: cut off for good, and nobody has noticed. */
export async function cutOffWorkers({ workers }: Fleet, outages: number): Promise<readonly string[]> {
  const counts = await Promise.all(workers.map(({ metricsPort }) => reconnects(metricsPort)));
  const cutOff = counts.filter((count) => count < outages).length;
  return cutOff === 0 ? [] : [`${cutOff} workers did not come back to Redis`];
}

async function reconnects(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const { samples } = parseMetrics(await answer.text());
  const counted = samples.filter(({ name }) => name === 'waybill_redis_reconnects_total');
  return counted.reduce((sum, { value }) => sum + value, 0);
}
