import { type AttemptOptions, createProviderClient, type ProviderClient } from '../../src/provider/client.js';
import type { SendFileBody } from '../../src/provider/wire.js';

/** 2026-03-01T12:00:00Z, for clients that ask the time. */
export const NOW = Date.UTC(2026, 2, 1, 12);

export const FILE: SendFileBody = {
  apiKey: 'k3y-that-nobody-may-see',
  from: '972771234567',
  to: '972501234567',
  body: 'https://files.example/invoice.pdf?signature=abc',
  caption: 'Your invoice',
};

export const OK = '{"status":"OK","unique":"92E0","timestamp":1772366400,"templateTimeLeft":"400"}';

/** Wide enough for a busy machine: only rows that hang ever wait for it to end. */
export const ATTEMPT: AttemptOptions = { timeoutMs: 20_000, mayWrite: () => true };

export function clientOf(baseUrl: string): ProviderClient {
  return createProviderClient({ baseUrl, now: () => NOW });
}
