/** One that fails while another is awaited is heard of when its turn comes, not as a bug of the process. */
export function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
