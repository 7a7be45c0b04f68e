import fc from 'fast-check';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import {
  closeByRefusal,
  lengthenByAnswer,
  openByInbound,
  recollect,
  WINDOW_MS,
  type WindowFacts,
  type WindowState,
  windowState,
} from '../../src/domain/window.js';
import { NOW } from './samples.js';

const NOTHING: WindowFacts = { closesAt: null, lastInboundAt: null };

describe('windowState', () => {
  it.each<[number | null, WindowState]>([
    [null, 'unknown'],
    [NOW - 1, 'closed'],
    [NOW, 'closed'],
    [NOW + 1, 'open'],
  ])('closing at %s it is %s', (closesAt, state) => {
    expect(windowState({ closesAt, lastInboundAt: null }, NOW)).toBe(state);
  });
});

describe('openByInbound', () => {
  it('opens for 24 h from when the client wrote', () => {
    expect(openByInbound(NOTHING, NOW)).toEqual({ closesAt: NOW + 24 * HOUR, lastInboundAt: NOW });
  });

  it('goes on from the later message', () => {
    const first = openByInbound(NOTHING, NOW);
    expect(openByInbound(first, NOW + HOUR)).toEqual({
      closesAt: NOW + 25 * HOUR,
      lastInboundAt: NOW + HOUR,
    });
  });

  it('changes nothing for an older message that comes late', () => {
    const known = openByInbound(NOTHING, NOW);
    expect(openByInbound(known, NOW - HOUR)).toEqual(known);
  });

  it('opens again what a refusal had closed', () => {
    const refused = closeByRefusal(NOTHING, NOW, NOW + 1);
    expect(openByInbound(refused, NOW + HOUR)).toEqual({
      closesAt: NOW + 25 * HOUR,
      lastInboundAt: NOW + HOUR,
    });
  });

  it('leaves open what an answer had lengthened further', () => {
    const lengthened = lengthenByAnswer(NOTHING, NOW, 23 * HOUR);
    expect(openByInbound(lengthened, NOW - 2 * HOUR)).toEqual({
      closesAt: NOW + 23 * HOUR,
      lastInboundAt: NOW - 2 * HOUR,
    });
  });
});

describe('lengthenByAnswer', () => {
  it.each<[WindowFacts, number, number]>([
    [NOTHING, 400 * MINUTE, NOW + 400 * MINUTE],
    [{ closesAt: NOW + HOUR, lastInboundAt: NOW }, 2 * HOUR, NOW + 2 * HOUR],
    [{ closesAt: NOW + 2 * HOUR, lastInboundAt: NOW }, HOUR, NOW + 2 * HOUR],
    [{ closesAt: NOW + 2 * HOUR, lastInboundAt: NOW }, 0, NOW + 2 * HOUR],
  ])('%j with %d ms left closes at %d', (facts, leftMs, closesAt) => {
    expect(lengthenByAnswer(facts, NOW, leftMs)).toEqual({ ...facts, closesAt });
  });
});

describe('closeByRefusal', () => {
  const begun = NOW - 1000;

  it.each<[string, WindowFacts, number | null]>([
    ['nothing was known', NOTHING, NOW],
    ['it was thought open', { closesAt: NOW + HOUR, lastInboundAt: begun - 1 }, NOW],
    ['it had closed before', { closesAt: NOW - HOUR, lastInboundAt: null }, NOW - HOUR],
    ['it was known by an answer alone', { closesAt: NOW + HOUR, lastInboundAt: null }, NOW],
  ])('closes it where %s', (_name, facts, closesAt) => {
    expect(closeByRefusal(facts, begun, NOW)).toEqual({ ...facts, closesAt });
  });

  it.each([
    ['as the attempt began', begun],
    ['after it had begun', begun + 1],
  ])('leaves it open where the client wrote %s', (_name, lastInboundAt) => {
    const facts = { closesAt: lastInboundAt + WINDOW_MS, lastInboundAt };
    expect(closeByRefusal(facts, begun, NOW)).toEqual(facts);
  });
});

describe('whatever comes, in any order', () => {
  type Step = (facts: WindowFacts) => WindowFacts;
  const time = fc.integer({ min: NOW - 48 * HOUR, max: NOW + 48 * HOUR });
  const inbound = time.map(
    (at): Step =>
      (facts) =>
        openByInbound(facts, at),
  );
  const answer = fc.tuple(time, fc.integer({ min: 0, max: WINDOW_MS })).map(
    ([at, leftMs]): Step =>
      (facts) =>
        lengthenByAnswer(facts, at, leftMs),
  );
  const refusal = fc.tuple(time, time).map(
    ([begun, at]): Step =>
      (facts) =>
        closeByRefusal(facts, begun, at),
  );

  it('only a refusal ever shortens a window, and nothing forgets one', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(inbound, answer)), fc.array(refusal), (lengthening, refusing) => {
        const refused = refusing.reduce((facts, step) => step(facts), NOTHING);
        let known = refused;
        for (const step of lengthening) {
          const next = step(known);
          expect(next.closesAt).toBeGreaterThanOrEqual(known.closesAt ?? Number.NEGATIVE_INFINITY);
          known = next;
        }
      }),
    );
  });

  it('the order of messages and answers makes no difference', () => {
    const steps = fc.array(fc.oneof(inbound, answer));
    const twoOrders = steps.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(other.reduce((facts, step) => step(facts), NOTHING)).toEqual(
          one.reduce((facts, step) => step(facts), NOTHING),
        );
      }),
    );
  });

  it('a refusal never lengthens a window, and the second one changes nothing', () => {
    const anything = fc.array(fc.oneof(inbound, answer, refusal));
    fc.assert(
      fc.property(anything, time, time, (steps, begun, at) => {
        const known = steps.reduce((facts, step) => step(facts), NOTHING);
        const once = closeByRefusal(known, begun, at);
        if (known.closesAt !== null) expect(once.closesAt).toBeLessThanOrEqual(known.closesAt);
        expect(closeByRefusal(once, begun, at)).toEqual(once);
      }),
    );
  });
});

describe('what a history tells', () => {
  const seen = (direction: 'in' | 'out', timestamp: number) => ({
    unique: `${direction}${timestamp}`,
    timestamp,
    direction,
    type: 'text',
    text: null,
    caption: null,
  });

  it('is the client’s newest message, complete or not', () => {
    const messages = [seen('out', 9), seen('in', 5), seen('in', 7)];
    expect(recollect(messages, false)).toEqual({ kind: 'wrote', at: 7 });
  });

  it('is silence only where nothing can be missing', () => {
    expect(recollect([seen('out', 9)], true)).toEqual({ kind: 'silent' });
    expect(recollect([seen('out', 9)], false)).toEqual({ kind: 'unread' });
  });
});
