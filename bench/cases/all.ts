import type { Case } from '../report/result.js';
import { BACKLOG } from './backlog.js';
import { BYTES } from './bytes.js';
import { DEEP_LANE } from './deep-lane.js';
import { ENQUEUE } from './enqueue.js';
import { HELD_RELEASE } from './held-release.js';
import { HOT_MIX } from './hot-mix.js';
import { HTTP_ENQUEUE } from './http-enqueue.js';
import { IDLE_LATENCY } from './idle-latency.js';
import { MEMORY } from './memory.js';
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
  BACKLOG,
  HELD_RELEASE,
  HTTP_ENQUEUE,
  HOT_MIX,
  MEMORY,
];
