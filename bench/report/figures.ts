/** The middle one; of an even number, the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** The smallest figure that so much of all do not exceed: 0.99 is the 99th percentile. */
export function quantile(figures: readonly number[], part: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** Each round's figure over the other's of the same round: what disturbed the machine disturbed both. */
export function ratios(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  return ours.map((figure, round) => figure / (theirs[round] ?? Number.NaN));
}

/** `8,412 (7,950–8,630)`: the median, and how far the rounds lie apart; the figure alone where there is one. */
export function spread(figures: readonly number[], digits = 0): string {
  if (figures.length < 2) return number(median(figures), digits);
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  return `${number(median(figures), digits)} (${number(low, digits)}–${number(high, digits)})`;
}

/** With commas between thousands; a dash where there is no figure. */
export function number(figure: number, digits = 0): string {
  if (!Number.isFinite(figure)) return '–';
  return figure.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
