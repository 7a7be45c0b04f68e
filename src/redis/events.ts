import { isStatus, type Status } from '../domain/status.js';
import type { Redis } from './connection.js';
import { accountKeys } from './keys.js';

/** One change of one delivery's status, from the account's stream. */
export type StatusEvent = {
  /** The stream's id: resume after it. */
  readonly id: string;
  readonly deliveryId: string;
  readonly status: Status;
  readonly reason: string;
  /** Epoch milliseconds by Redis's clock. */
  readonly at: number;
};

/** Reads on from `after` (a stream id, `$` for new ones only); waits up to `blockMs` for the first. */
export async function readEvents(
  redis: Redis,
  prefix: string,
  asked: { readonly from: string; readonly after: string; readonly blockMs: number },
): Promise<readonly StatusEvent[]> {
  const { events } = accountKeys(prefix, asked.from).fixed;
  const reply: unknown = await redis.xread(
    'COUNT',
    100,
    'BLOCK',
    asked.blockMs,
    'STREAMS',
    events,
    asked.after,
  );
  if (!Array.isArray(reply)) return [];
  const [first] = reply;
  const entries: unknown = Array.isArray(first) ? first[1] : [];
  return Array.isArray(entries) ? entries.flatMap(readEntry) : [];
}

function readEntry(entry: unknown): readonly StatusEvent[] {
  if (!Array.isArray(entry) || !Array.isArray(entry[1])) return [];
  const flat = entry[1].map(String);
  const field = (name: string) => flat[flat.indexOf(name) + 1] ?? '';
  const status = field('status');
  if (!isStatus(status)) return [];
  const [deliveryId, reason, at] = [field('delivery'), field('reason'), Number(field('at'))];
  return [{ id: String(entry[0]), deliveryId, status, reason, at }];
}

/** The id of the newest event, to read on from; `0` when there is none. */
export async function newestEventId(redis: Redis, prefix: string, from: string): Promise<string> {
  const [newest] = await redis.xrevrange(accountKeys(prefix, from).fixed.events, '+', '-', 'COUNT', 1);
  return newest?.[0] ?? '0';
}
