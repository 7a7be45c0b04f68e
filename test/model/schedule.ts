import { RECEIPTS } from '../../src/domain/callback.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import type { Tape } from './tape.js';
import { FROM_ID, NUMBERS, type World } from './world.js';

const MOST_DELIVERIES = 12;
const LEAPS = [
  10,
  500,
  3 * SECOND,
  6 * SECOND,
  15 * SECOND,
  MINUTE,
  13 * MINUTE,
  2 * HOUR,
  13 * HOUR,
] as const;
const LIVES = [DAY, 20 * SECOND, 10 * MINUTE, 26 * HOUR] as const;
const DELAYS = [0, 0, 0, 5 * SECOND, HOUR] as const;

const HOWS = ['once', 'once', 'once', 'once', 'once', 'once', 'once', 'twice', 'twice', 'lost'] as const;

type Action = (world: World, tape: Tape) => Promise<void>;

/** What may happen next, each as often as it stands here relative to the others. */
const ACTIONS: readonly (readonly [number, Action])[] = [
  [24, step],
  [5, enqueue],
  [6, (world) => world.startWorker()],
  [2, (world) => world.startSweep()],
  [2, crash],
  [3, leap],
  [2, inbound],
  [2, receipt],
  [1, cancel],
  [2, removeJob],
  [1, (world, tape) => world.stall(() => tape.once(4))],
  [1, (world) => world.openGate()],
];
const WEIGHT = ACTIONS.reduce((sum, [weight]) => sum + weight, 0);

/** One thing that the tape says. */
export async function act(world: World, tape: Tape): Promise<void> {
  let left = tape.below(WEIGHT);
  for (const [weight, action] of ACTIONS) {
    if (left < weight) return action(world, tape);
    left -= weight;
  }
}

async function step(world: World, tape: Tape): Promise<void> {
  const busy = world.busy();
  const chosen = busy[tape.below(Math.max(1, busy.length))];
  if (chosen === undefined) await world.startWorker();
  else await chosen.step(tape.pick(HOWS));
}

async function enqueue(world: World, tape: Tape): Promise<void> {
  const { planned } = world;
  const known = [...planned.values()];
  const again = known[tape.below(8)];
  if (again !== undefined && tape.once(2)) return world.startEnqueue(again.request);
  if (planned.size >= MOST_DELIVERIES) return;
  const id = `m${planned.size + 1}`;
  const to = tape.pick([NUMBERS[0], NUMBERS[0], NUMBERS[1], FROM_ID, NUMBERS[2]]);
  const sendAt = world.now() + tape.pick(DELAYS);
  // The same file again shows nothing of whose message it is.
  const file = to === NUMBERS[0] && tape.once(3) ? 'again' : id;
  const request = {
    id,
    from: 'shop',
    to,
    fileUrl: `https://files.example.com/${file}.pdf?delivery=${id}`,
    caption: file,
    sendAt,
    expiresAt: sendAt + tape.pick(LIVES),
    priority: tape.pick(['normal', 'normal', 'high', 'low'] as const),
    strictOrder: tape.once(5),
    onUnknown: tape.once(3) ? ('resend_if_absent' as const) : ('hold' as const),
    onClosedWindow: tape.pick(['hold', 'hold', 'template', 'fail'] as const),
  };
  planned.set(id, { id, to, sendAt, request });
  await world.startEnqueue(request);
}

async function crash(world: World, tape: Tape): Promise<void> {
  const busy = world.busy();
  await busy[tape.below(Math.max(1, busy.length))]?.crash({ commandSent: tape.once(2) });
}

function leap(world: World, tape: Tape): Promise<void> {
  return world.advance(tape.pick(LEAPS));
}

async function inbound(world: World, tape: Tape): Promise<void> {
  const number = tape.pick(NUMBERS);
  const shown = number === NUMBERS[1] ? tape.pick(['number', 'from_id', 'both'] as const) : 'number';
  await world.inbound(number, shown, tape.once(4) ? 2 : 1);
}

async function receipt(world: World, tape: Tape): Promise<void> {
  const taken = world.provider.taken();
  const message = taken[tape.below(Math.max(1, taken.length))];
  if (message !== undefined) await world.receipt(message, tape.pick(RECEIPTS));
}

async function removeJob(world: World, tape: Tape): Promise<void> {
  const known = [...world.planned.values()];
  const one = known[tape.below(Math.max(1, known.length))];
  if (one !== undefined) await world.removeJob(one);
}

async function cancel(world: World, tape: Tape): Promise<void> {
  const known = [...world.planned.values()];
  const one = known[tape.below(Math.max(1, known.length))];
  if (one !== undefined) await world.startCancel(one);
}
