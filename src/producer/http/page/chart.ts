import type { AccountHours, HourTally } from '../../duty.js';
import { type Html, html } from './html.js';
import { figure, time } from './times.js';

const SERIES = [
  ['gone', 'Sent, or being sent'],
  ['queued', 'Queued'],
  ['waiting', 'Waiting'],
  ['held', 'Held'],
  ['unknown', 'Unknown'],
  ['ended', 'Failed, expired or cancelled'],
] as const;
type Serie = (typeof SERIES)[number][0];

const WIDTH = 720;
const HEIGHT = 168;
const LABELS_EVERY = 6;

/** Deliveries by the hour of their creation, stacked by the status that they have now. */
export function chart(accounts: readonly AccountHours[]): Html {
  const hours = addUp(accounts);
  const most = niceAbove(Math.max(1, ...hours.map(sum)));
  const bar = WIDTH / Math.max(1, hours.length);
  return html`<figure class="chart">
<figcaption id="chart-says">Deliveries created in each of the last ${hours.length} hours, by the status they have now. <b>${figure(hours.reduce((all, hour) => all + sum(hour), 0))}</b> in all.</figcaption>
<svg viewBox="0 0 ${WIDTH + 40} ${HEIGHT + 22}" role="img" aria-labelledby="chart-says">
<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="fill-held" width="5" height="5"/><rect class="gap" width="1.5" height="5"/></pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="fill-unknown" width="5" height="5"/><circle class="gap" cx="2.5" cy="2.5" r="1.1"/></pattern></defs>
${[0, 0.5, 1].map((part) => gridLine(part, most))}
${hours.map((hour, at) => bars(hour, { x: 36 + at * bar, width: bar, most }))}
${hours.map((hour, at) => at % LABELS_EVERY === hours.length % LABELS_EVERY && hourLabel(hour, 36 + (at + 0.5) * bar))}
</svg>
<ul class="legend">${SERIES.map(([serie, name]) => html`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="${serie}" width="10" height="10" rx="2"/></svg>${name} <b>${figure(hours.reduce((all, hour) => all + hour[serie], 0))}</b></li>`)}</ul>
<details id="chart-figures"><summary>The same in figures</summary>${table(hours)}</details>
</figure>`;
}

function addUp(accounts: readonly AccountHours[]): readonly HourTally[] {
  const sums = new Map<number, HourTally>();
  for (const { hours } of accounts) {
    for (const hour of hours) {
      const known = sums.get(hour.startsAt);
      sums.set(hour.startsAt, known === undefined ? hour : plus(known, hour));
    }
  }
  return [...sums.values()].toSorted((one, other) => one.startsAt - other.startsAt);
}

function plus(one: HourTally, other: HourTally): HourTally {
  return {
    startsAt: one.startsAt,
    gone: one.gone + other.gone,
    queued: one.queued + other.queued,
    waiting: one.waiting + other.waiting,
    held: one.held + other.held,
    unknown: one.unknown + other.unknown,
    ended: one.ended + other.ended,
  };
}

function sum(hour: HourTally): number {
  return SERIES.reduce((all, [serie]) => all + hour[serie], 0);
}

/** 1, 2 or 5 times a power of ten; halves of it are whole, but for 1 and 5. */
function niceAbove(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((times) => times * power).find((nice) => nice >= most) ?? most;
}

function gridLine(part: number, most: number): Html {
  const y = 8 + (HEIGHT - 8) * (1 - part);
  const value = most * part;
  return html`<line class="grid" x1="36" x2="${WIDTH + 36}" y1="${y}" y2="${y}"/>${Number.isInteger(value) && html`<text x="30" y="${y + 3.5}" text-anchor="end">${short(value)}</text>`}`;
}

function short(count: number): string {
  return count >= 10_000 ? `${Math.round(count / 100) / 10}k` : String(count);
}

type Place = { readonly x: number; readonly width: number; readonly most: number };

function bars(hour: HourTally, { x, width, most }: Place): readonly Html[] {
  let y = HEIGHT;
  return SERIES.flatMap(([serie]) => {
    const height = ((HEIGHT - 8) * hour[serie]) / most;
    if (height === 0) return [];
    y -= height;
    return [
      html`<rect class="${serie}" x="${round(x + 2)}" y="${round(y)}" width="${round(width - 4)}" height="${round(Math.max(height, 0.75))}"/>`,
    ];
  });
}

function round(length: number): number {
  return Math.round(length * 100) / 100;
}

function hourLabel({ startsAt }: HourTally, x: number): Html {
  const hour = new Date(startsAt).toISOString().slice(11, 16);
  return html`<text x="${round(x)}" y="${HEIGHT + 17}" text-anchor="middle">${hour}</text>`;
}

function table(hours: readonly HourTally[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="The chart in figures"><table>
<caption class="unseen">Deliveries by the hour of their creation and the status they have now</caption>
<thead><tr><th scope="col">Hour from</th>${SERIES.map(([, name]) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${hours.toReversed().map((hour) => html`<tr><th scope="row">${time(hour.startsAt)}</th>${SERIES.map(([serie]: readonly [Serie, string]) => html`<td class="number">${figure(hour[serie])}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
