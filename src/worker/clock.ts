/** Where a process gets its time, chance and names from; injected once, at the composition root. */
export type Effects = {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
};

/** How long ago something began: the larger of what both clocks say, for either may be set or suspended. */
export function createAge({ now, monotonic }: Effects): () => number {
  const [wall, steady] = [now(), monotonic()];
  return () => Math.max(now() - wall, monotonic() - steady);
}
