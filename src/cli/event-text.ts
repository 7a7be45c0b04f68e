import type { GapEvent, WaybillEvent } from '../domain/event.js';
import { reasonInWords, whyInWords } from '../domain/reason-words.js';
import { type Paint, plain } from './output.js';
import { paintStatus } from './timeline-text.js';
import { formatTime } from './times.js';

/** An event on a line, for people. */
export function eventText(event: WaybillEvent | GapEvent, paint: Paint): string {
  const time = paint.faint(formatTime(Date.parse(event.timestamp)));
  return `${time}  ${factsOf(event, paint)}`.trimEnd();
}

function factsOf(event: WaybillEvent | GapEvent, paint: Paint): string {
  switch (event.type) {
    case 'gap':
      return paint.bad('some events before this are no longer kept');
    case 'account.paused':
      return `account ${paint.bad('paused')} ${reasonInWords(event.data.reason ?? '')}`;
    case 'account.resumed':
      return `account ${paint.good('resumed')}`;
    case 'budget.exhausted':
      return paint.pending(`the budget of ${event.data.period} is used up`);
    default: {
      const { deliveryId, status, reason } = event.data;
      const why = plain(whyInWords({ ...event.data, reason: reason ?? '' }));
      return `${deliveryId}  ${paintStatus(status, paint)(status.padEnd(9))} ${why}`;
    }
  }
}
