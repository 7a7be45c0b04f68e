import type { TestEvent } from '../domain/event.js';
import type { Tested } from '../producer/http/routes/endpoints.js';
import type { Settings } from './boot.js';
import { systemEffects } from './core.js';
import { openSender } from './push.js';
import { findEndpoint } from './replay.js';

export type { Tested };

/**
 * Posts one test event to the endpoint of this name, as its events are posted. Redis is not asked.
 * @throws WaybillError UNKNOWN_ENDPOINT
 */
export async function testEndpoint(
  settings: Pick<Settings, 'config' | 'secrets'>,
  name: string,
): Promise<Tested> {
  const endpoint = findEndpoint(settings.config.eventEndpoints, name);
  const { now, monotonic, newId } = systemEffects;
  const event = testEvent(name, `test-${newId()}`, now());
  const sender = openSender(settings, endpoint, now);
  const begun = monotonic();
  try {
    const { status, result } = await sender.post(event);
    return {
      endpoint: name,
      id: event.id,
      taken: result.kind === 'taken',
      status,
      reason: result.kind === 'taken' ? null : result.reason,
      durationMs: Math.round(monotonic() - begun),
    };
  } finally {
    await sender.close();
  }
}

function testEvent(endpoint: string, id: string, now: number): TestEvent {
  const sentAt = new Date(now).toISOString();
  return { id, type: 'test', timestamp: sentAt, data: { endpoint, sentAt } };
}
