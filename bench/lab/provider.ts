import { z } from 'zod';
import { nextMessage, type Process, startProcess } from './process.js';

/** What the provider's process tells. */
const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), url: z.string() }),
  z.object({ kind: z.literal('watching') }),
  z.object({ kind: z.literal('reached'), count: z.number(), at: z.number() }),
  z.object({ kind: z.literal('came'), to: z.string(), at: z.number() }),
  z.object({ kind: z.literal('total'), count: z.number(), heldMs: z.number() }),
]);
export type ProviderMessage = z.output<typeof messageSchema>;

/** The bare provider of `processes/provider.ts`, in a process of its own. */
export type Provider = {
  readonly url: string;
  readonly pid: number;
  /** Counts anew from here; the time at which it has had so many POSTs is told for each of these counts. */
  watch(counts: readonly number[]): Promise<Watch>;
  /** Looks out for the next POST to this recipient. */
  expect(to: string): Promise<Expected>;
  /** Since it was last told to count anew. */
  total(): Promise<Total>;
  close(): Promise<void>;
};

export type Watch = {
  /** Resolves with the time of the count-th POST, by `clockMs`. */
  reached(count: number): Promise<number>;
};

/** POSTs, and how long each was kept waiting for its answer: timers are late, by a millisecond or so. */
export type Total = { readonly count: number; readonly heldMs: number };

/** The time at which it came, by `clockMs`. */
export type Expected = { readonly came: Promise<number> };

export type ProviderOptions = { readonly latencyMs: number };

export async function startProvider({ latencyMs }: ProviderOptions): Promise<Provider> {
  const child = startProcess('provider', { env: { LATENCY_MS: String(latencyMs) } });
  const { url } = await told(child, 'listening');
  return {
    url,
    pid: child.pid,
    async watch(counts) {
      const times = new Map(counts.map((count) => [count, timeOf(child, count)]));
      child.tell({ do: 'watch', counts });
      await told(child, 'watching');
      return { reached: (count) => times.get(count) ?? Promise.reject(new Error(`${count} is not watched`)) };
    },
    async expect(to) {
      const came = nextMessage(child, (message) => {
        const read = messageSchema.parse(message);
        return read.kind === 'came' && read.to === to ? read.at : null;
      });
      child.tell({ do: 'expect', to });
      await told(child, 'watching');
      return { came };
    },
    total() {
      child.tell({ do: 'total' });
      return told(child, 'total');
    },
    close: child.close,
  };
}

function timeOf(child: Process, count: number): Promise<number> {
  return nextMessage(child, (message) => {
    const read = messageSchema.parse(message);
    return read.kind === 'reached' && read.count === count ? read.at : null;
  });
}

type Kind = ProviderMessage['kind'];

function told<K extends Kind>(child: Process, kind: K): Promise<Extract<ProviderMessage, { kind: K }>> {
  return nextMessage(child, (message) => {
    const read = messageSchema.parse(message);
    return isOf(read, kind) ? read : null;
  });
}

function isOf<K extends Kind>(
  message: ProviderMessage,
  kind: K,
): message is Extract<ProviderMessage, { kind: K }> {
  return message.kind === kind;
}
