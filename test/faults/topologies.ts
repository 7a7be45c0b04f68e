import { createDice } from '../../sandbox/dice.js';
import { accountsKey, leaseKey } from '../../src/redis/keys.js';
import { startFleet } from '../support/fleet.js';
import { FROM } from '../support/stack.js';
import type { Topology } from '../support/topology.js';
import { eventually } from '../support/wait.js';
import type { Asked, Lab } from './lab.js';

/** How long a master is silent before another takes its place. */
export const DOWN_AFTER_MS = 2000;
/** The account's own, and two that other masters of a cluster have. */
export const SHOPS_KEY = `waybill:{${FROM}}:gate`;
export const KEYS = [SHOPS_KEY, leaseKey('waybill', 'sweeper'), accountsKey('waybill')];

export type FailoverLab = Pick<Lab, 'fleet' | 'dice' | 'isShort'> & { readonly topology: Topology };

const ENV = { WAYBILL_CONCURRENCY: '10', WAYBILL_SEND_TIMEOUT_MS: '3000' };
/** A callback that met no Redis is posted again soon. */
const SANDBOX = {
  latencyMs: { min: 20, max: 100 },
  webhook: { url: 'set by the fleet', retry: 1 as const },
  callbacks: { retryTimeFactor: 0.002 },
};

/** Starts servers and a fleet for one row, and clears both away. */
export async function withTopology<T>(
  { seed, scale, env }: Asked & { readonly env?: Readonly<Record<string, string>> },
  start: () => Promise<Topology>,
  work: (lab: FailoverLab) => Promise<T>,
): Promise<T> {
  const topology = await start();
  try {
    const fleet = await startFleet(topology.at, { env: { ...ENV, ...env }, sandbox: { ...SANDBOX, seed } });
    try {
      return await work({ fleet, topology, dice: createDice(seed), isShort: scale < 1 });
    } finally {
      await fleet.close();
    }
  } finally {
    await topology.close();
  }
}

/** What was claimed before is posted by then, and what the provider takes later has been claimed anew. */
const IN_FLIGHT_MS = 1000;

/** Waits for the next message that somebody claimed after the strike; returns the seconds since it. */
export async function resumed({ fleet: { sandbox } }: FailoverLab, struckAt: number): Promise<number> {
  await eventually(() => Date.now() - struckAt > IN_FLIGHT_MS);
  const before = sandbox.counts().accepted;
  await eventually(() => sandbox.counts().accepted > before, { timeoutMs: 90_000, what: 'The next message' });
  return Math.round((Date.now() - struckAt) / 100) / 10;
}
