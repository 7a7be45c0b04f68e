/** What each file of the spool takes. */
export type Sizes = {
  readonly total: number;
  names(): readonly string[];
  of(name: string): number;
  /** 0: it is no more. */
  set(name: string, bytes: number): void;
};

/** `measured` is told of the total, at first and after each change. */
export function createSizes(measured: (bytes: number) => void): Sizes {
  const sizes = new Map<string, number>();
  let total = 0;
  measured(total);
  return {
    get total() {
      return total;
    },
    names: () => [...sizes.keys()],
    of: (name) => sizes.get(name) ?? 0,
    set(name, bytes) {
      total += bytes - (sizes.get(name) ?? 0);
      if (bytes > 0) sizes.set(name, bytes);
      else sizes.delete(name);
      measured(total);
    },
  };
}
