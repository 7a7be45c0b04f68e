/** The sandbox's clock, epoch milliseconds: the real one plus what was travelled. */
export type TravelClock = {
  now(): number;
  /** Moves the clock; returns the new time. */
  advance(ms: number): number;
};

export function createTravelClock(base: () => number): TravelClock {
  let travelledMs = 0;
  const now = (): number => base() + travelledMs;
  return {
    now,
    advance(ms) {
      travelledMs += ms;
      return now();
    },
  };
}
