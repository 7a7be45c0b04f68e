import { createOutput } from '../../src/cli/output.js';

const NOON = Date.UTC(2026, 10, 22, 12);
const ISO = '2026-11-22T12:00:00.000Z';

function printed(value: unknown): unknown {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text) };
  createOutput({ stdout, stderr: stdout, env: {} }).json(value);
  return JSON.parse(written.join(''));
}

it('tells programs times as ISO 8601, and null for what is not there', () => {
  const told = { at: NOON, gate: { since: NOON, until: null, reason: '' }, list: [{ createdAt: NOON }] };
  expect(printed(told)).toEqual({
    at: ISO,
    gate: { since: ISO, until: null, reason: null },
    list: [{ createdAt: ISO }],
  });
});

it('leaves other numbers, and what an app has sent, as they are', () => {
  const told = { due: 3, attempt: 1, templateTimeLeftMs: NOON, metadata: { at: '' }, request: { sendAt: 1 } };
  expect(printed(told)).toEqual(told);
});

it('tells a time that is none as null', () => {
  expect(printed({ statusAt: Number.NaN, expiresAt: 9e15 })).toEqual({ statusAt: null, expiresAt: null });
});
