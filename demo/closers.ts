/** What has been opened so far, to be closed in reverse order, also when the next opening fails. */
export type Closers = {
  /** Keeps what was opened, and hands it on. */
  opened<T>(resource: T, close: (resource: T) => Promise<void>): T;
  /** Closes all, each even if another could not be; then throws the first trouble. Idempotent. */
  close(): Promise<void>;
};

export function createClosers(): Closers {
  const pending: (() => Promise<void>)[] = [];

  async function close(): Promise<void> {
    const troubles: unknown[] = [];
    for (const closeOne of pending.splice(0).reverse()) {
      await closeOne().catch((error: unknown) => troubles.push(error));
    }
    if (troubles.length > 0) throw troubles[0];
  }

  return {
    opened(resource, closeOne) {
      pending.push(() => closeOne(resource));
      return resource;
    },
    close,
  };
}
