import type { Case } from '../report/result.js';
import { BYTES } from './bytes.js';
import { DEEP_LANE } from './deep-lane.js';
import { ENQUEUE } from './enqueue.js';
import { HTTP_ENQUEUE } from './http-enqueue.js';
import { IDLE_LATENCY } from './idle-latency.js';
import { RECEIPTS } from './receipts.js';
import { THROUGHPUT } from './throughput.js';

/** In the order in which they are run. */
export const CASES: readonly Case[] = [
  THROUGHPUT,
  BYTES,
  ENQUEUE,
  IDLE_LATENCY,
  RECEIPTS,
  DEEP_LANE,
  HTTP_ENQUEUE,
];
