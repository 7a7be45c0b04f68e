import type { DeliveryView } from '../redis/delivery-view.js';
import { formatWhen } from './times.js';

type Fact = readonly [name: string, fact: string];

/** Of an unknown outcome: when it is looked into next, and from when on an operator may resolve it. */
export function doubtOf({ horizonAt, nextReadAt }: DeliveryView, now: number): readonly Fact[] {
  if (horizonAt === null) return [];
  return [
    ['history', nextReadAt === null ? 'is not asked any more' : `is asked next ${soon(nextReadAt, now)}`],
    [
      'horizon',
      horizonAt > now
        ? `may still be on its way until ${formatWhen(horizonAt, now)}`
        : `cannot be on its way any more: \`waybill resolve\` says what became of it`,
    ],
  ];
}

function soon(at: number, now: number): string {
  return at <= now ? 'at once' : formatWhen(at, now);
}
