import { BUDGET } from './budget-under-kills.js';
import { CLOCKS } from './clocks.js';
import { CUT_POINTS } from './cut-points.js';
import { DEPLOYS } from './deploys.js';
import { CLUSTER_FAILOVERS, SENTINEL_FAILOVERS } from './failovers.js';
import { FREEZES } from './freezes.js';
import { FUZZED_BODIES } from './fuzzed-bodies.js';
import { KILLS } from './kills.js';
import type { Row } from './lab.js';
import { LATE_AND_AWAITED, LATE_CLUSTER, LATE_SENTINEL } from './late-replicas.js';
import { LOADING } from './loading.js';
import { LOST_REPLIES } from './lost-replies.js';
import { OUTAGES } from './outages.js';
import { PROVIDER_DOWN } from './provider-down.js';
import { PROVIDER } from './provider-row.js';
import { REDIS_AWAY } from './redis-away.js';
import { REFUSALS } from './refusals.js';
import { SLOW_CLIENTS } from './slow-clients.js';
import { STORM } from './storm.js';

/** In the order in which they are run. */
export const ROWS: readonly Row[] = [
  KILLS,
  DEPLOYS,
  BUDGET,
  OUTAGES,
  LOADING,
  FREEZES,
  REFUSALS,
  LOST_REPLIES,
  CLOCKS,
  PROVIDER,
  CUT_POINTS,
  PROVIDER_DOWN,
  SENTINEL_FAILOVERS,
  CLUSTER_FAILOVERS,
  LATE_SENTINEL,
  LATE_AND_AWAITED,
  LATE_CLUSTER,
  STORM,
  SLOW_CLIENTS,
  FUZZED_BODIES,
  REDIS_AWAY,
];
