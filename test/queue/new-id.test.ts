import { decodeTime, isValid } from 'ulid';
import { newDeliveryId } from '../../src/queue/new-id.js';
import { DELIVERY_ID } from '../../src/queue/request.js';

const AT = Date.UTC(2026, 0, 2);

it('tells the time, and is a ULID that a request may bring', () => {
  const id = newDeliveryId(AT);
  expect(id).toMatch(DELIVERY_ID);
  expect(isValid(id.slice(4))).toBe(true);
  expect(decodeTime(id.slice(4))).toBe(AT);
});

it('never comes twice, however many are made at the same time', () => {
  const ids = Array.from({ length: 20_000 }, () => newDeliveryId(AT));
  expect(new Set(ids).size).toBe(ids.length);
});

it('leaves no letter of its chance out', () => {
  const letters = Array.from({ length: 2000 }, () => newDeliveryId(AT).slice(-16)).join('');
  expect(new Set(letters).size).toBe(32);
});
