import type { SandboxReadings } from '../../sandbox/verbs.js';
import type { Delivery } from '../../src/index.js';
import type { PlannedConversation } from './conversations.js';

type Captions = Readonly<Record<string, readonly (string | null)[]>>;

/** Every accept of the provider, one too many as well, by client and in the order in which it took them. */
export function acceptedByClient({ accepted }: Pick<SandboxReadings, 'accepted'>): Captions {
  const accepts: Record<string, (string | null)[]> = {};
  for (const { to, caption } of accepted()) accepts[to] = [...(accepts[to] ?? []), caption];
  return accepts;
}

/** The same of a plan, had it come to pass: each delivery once, and in its turn. */
export function plannedByClient(planned: readonly PlannedConversation[]): Captions {
  return Object.fromEntries(planned.map((deliveries) => [deliveries[0]?.to, deliveries.map(({ id }) => id)]));
}

/**
 * The deliveries that were sent again though nobody could be sure that they had not been taken. Only a clear no,
 * and one that the record knows of, may be followed by another attempt: every attempt but the last was refused or
 * never left, and the provider was asked no more often than the record says.
 */
export function resent(
  { requests }: Pick<SandboxReadings, 'requests'>,
  views: readonly Delivery[],
): readonly Delivery[] {
  const seen = requests().filter(({ endpoint }) => endpoint === 'sendFile');
  return views.filter(({ id, attempts }) => {
    const asked = seen.filter(({ fields }) => fields?.caption === id);
    // An attempt that was given up as unknown may be told of twice: the history's proof is its last word.
    const ends = [...new Map(attempts.map(({ number, outcome }) => [number, outcome])).values()];
    const left = ends.filter((outcome) => outcome !== 'not_sent');
    return asked.length > left.length || left.slice(0, -1).some((outcome) => outcome !== 'throttled');
  });
}

export function idsOf(planned: readonly PlannedConversation[]): readonly string[] {
  return planned.flat().map(({ id }) => id);
}
