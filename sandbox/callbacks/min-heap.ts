/** A binary heap: the least entry by `compare` comes out first. */
export class MinHeap<T> {
  readonly #compare: (one: T, other: T) => number;
  readonly #entries: T[] = [];

  constructor(compare: (one: T, other: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#entries.length;
  }

  peek(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    let index = this.#entries.push(entry) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#entries[parentIndex];
      if (parent === undefined || this.#compare(parent, entry) <= 0) break;
      this.#entries[index] = parent;
      index = parentIndex;
    }
    this.#entries[index] = entry;
  }

  pop(): T | undefined {
    const least = this.#entries[0];
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) this.#sink(last);
    return least;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** Puts the entry where the top was taken, and lets it sink to its place. */
  #sink(entry: T): void {
    let index = 0;
    for (;;) {
      const childIndex = this.#lesserChild(index);
      const child = this.#entries[childIndex];
      if (child === undefined || this.#compare(entry, child) <= 0) break;
      this.#entries[index] = child;
      index = childIndex;
    }
    this.#entries[index] = entry;
  }

  #lesserChild(index: number): number {
    const left = this.#entries[2 * index + 1];
    const right = this.#entries[2 * index + 2];
    const rightIsLess = left !== undefined && right !== undefined && this.#compare(right, left) < 0;
    return rightIsLess ? 2 * index + 2 : 2 * index + 1;
  }
}
