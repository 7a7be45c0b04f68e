const MOST_REMEMBERED = 1000;

/** Whether this address has not been met yet, so that each is told of once; when there are too many, once more. */
export function createStrangers(): (address: string) => boolean {
  const met = new Set<string>();
  return (address) => {
    if (met.has(address)) return false;
    if (met.size >= MOST_REMEMBERED) met.clear();
    met.add(address);
    return true;
  };
}
