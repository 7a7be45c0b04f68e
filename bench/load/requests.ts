import { FROM } from './account.js';

/** What an app asks for: the same for every rival, about 290 bytes as a job's data. */
export type SendRequest = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly fileUrl: string;
  readonly caption: string;
  readonly metadata: Readonly<Record<string, string>>;
};

export type Recipients = (index: number) => string;

const FIRST_RECIPIENT = 972_500_000_000;

/** The clients' numbers. */
export function recipient(number: number): string {
  return String(FIRST_RECIPIENT + number);
}

/** As many requests, each with an id that its app has given; by default each to a client of its own. */
export function requests(count: number, to: Recipients = recipient, name = 'order'): readonly SendRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const order = `${name}-${String(index).padStart(8, '0')}`;
    return {
      id: order,
      from: FROM,
      to: to(index),
      fileUrl: `https://files.example.com/invoices/2026/11/${order}.pdf?signature=8f14e45fceea167a5a36dedd4bea2543`,
      caption: `Your invoice for ${order}, with our thanks.`,
      metadata: { order, shop: 'haifa' },
    };
  });
}

/** In pieces, so that neither end has to hold everything at once. */
export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
