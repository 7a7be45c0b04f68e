import type { Status } from '../../../domain/status.js';
import { type Html, html } from './html.js';

/** What a colour says, a shape says as well. */
export type Tone = 'good' | 'calm' | 'wait' | 'doubt' | 'bad';

/** Drawn in a square of ten. */
const SHAPES = {
  disc: html`<circle cx="5" cy="5" r="4"/>`,
  ring: html`<circle class="line" cx="5" cy="5" r="3.25"/>`,
  half: html`<circle class="line" cx="5" cy="5" r="3.25"/><path d="M5 1.75a3.25 3.25 0 0 1 0 6.5z"/>`,
  bars: html`<path d="M1.5 1h2.5v8h-2.5zM6 1h2.5v8h-2.5z"/>`,
  square: html`<rect x="1" y="1" width="8" height="8" rx="1"/>`,
  triangle: html`<path d="M5 .8 9.6 9H.4z"/>`,
  diamond: html`<path d="M5 .2 9.8 5 5 9.8.2 5z"/>`,
  tick: html`<path class="line thick" d="M1 5.4 3.8 8.2 9 2.2"/>`,
  ticks: html`<path class="line thick" d="M.6 5.6 2.6 7.6 6.4 3M4.4 7.4l.4.4L9.4 2.4"/>`,
  cross: html`<path class="line thick" d="M1.8 1.8l6.4 6.4M8.2 1.8 1.8 8.2"/>`,
} as const;
export type Shape = keyof typeof SHAPES;

export type Look = { readonly shape: Shape; readonly tone: Tone };

/** A word with its shape before it. */
export function marked({ shape, tone }: Look, words: string): Html {
  return html`<span class="marked ${tone}"><svg class="mark" viewBox="0 0 10 10" aria-hidden="true">${SHAPES[shape]}</svg><span>${words}</span></span>`;
}

const LOOKS: Readonly<Record<Status, Look>> = {
  queued: { shape: 'ring', tone: 'calm' },
  waiting: { shape: 'half', tone: 'calm' },
  held: { shape: 'bars', tone: 'wait' },
  sending: { shape: 'half', tone: 'good' },
  unknown: { shape: 'diamond', tone: 'doubt' },
  accepted: { shape: 'disc', tone: 'good' },
  sent: { shape: 'tick', tone: 'good' },
  delivered: { shape: 'ticks', tone: 'good' },
  read: { shape: 'ticks', tone: 'good' },
  failed: { shape: 'cross', tone: 'bad' },
  expired: { shape: 'cross', tone: 'bad' },
  cancelled: { shape: 'cross', tone: 'calm' },
};

export function lookOf(status: Status): Look {
  return LOOKS[status];
}

export function statusMark(status: Status): Html {
  return marked(LOOKS[status], status);
}
