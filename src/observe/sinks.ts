import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

/** What an event is told to: the process's metrics and its log. */
export type Sinks = { readonly metrics: Metrics; readonly log: Log };
