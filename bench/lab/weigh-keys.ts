import type Redis from 'ioredis';

const AT_ONCE = 1000;

/** Bytes of all keys by their kind: a key's name without what is of one delivery or client alone. */
export async function weighKeys(redis: Redis): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for await (const keys of redis.scanStream({ count: AT_ONCE })) {
    const names: readonly string[] = keys;
    const sizes = await Promise.all(names.map((name) => redis.memory('USAGE', name, 'SAMPLES', 0)));
    for (const [index, name] of names.entries()) {
      const kind = kindOf(name);
      sums.set(kind, (sums.get(kind) ?? 0) + Number(sizes[index] ?? 0));
    }
  }
  return new Map([...sums].sort(([, a], [, b]) => b - a));
}

/** `waybill:{…}:d:order-00000001` is of the kind `d:*`, and `waybill:queue:{…}:wait` is `queue wait`. */
function kindOf(name: string): string {
  return name
    .replace(/^waybill:queue:\{\d+\}:/, 'queue ')
    .replace(/^waybill:\{\d+\}:/, '')
    .replace(/^bull:[^:]+:/, 'queue ')
    .replace(/^(\w+):(?![a-z]+$).*$/, '$1:*')
    .replace(/^queue .*\d.*$/, 'queue *');
}
