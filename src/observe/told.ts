/** Milliseconds as the seconds that Prometheus wants. */
export function toSeconds(ms: number): number {
  return ms / 1000;
}

/** A moment as people and log stores read it; null stays null. */
export function toTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
