import {
  type DoubtfulAttempt,
  findEvidence,
  type SeenMessage,
  spanStart,
} from '../../src/domain/evidence.js';
import { MINUTE, SECOND } from '../../src/domain/time.js';

const START = 1_800_000_000_000;
const LINK = 'https://files.example.com/a.pdf';

const attempt: DoubtfulAttempt = {
  template: null,
  fileUrl: `${LINK}?signature=1`,
  caption: 'Invoice 7',
  startedAt: START,
  horizonAt: START + MINUTE,
};

const message = (more: Partial<SeenMessage> = {}): SeenMessage => ({
  unique: 'u1',
  timestamp: START + SECOND,
  direction: 'out',
  type: 'file',
  text: 'Invoice 7',
  caption: null,
  ...more,
});

const found = { kind: 'found', unique: 'u1', timestamp: START + SECOND };
const nobody = () => false;

it.each<[string, Partial<SeenMessage>]>([
  ['its caption as the text', {}],
  ['its caption as the caption', { text: LINK, caption: 'Invoice 7' }],
  ['its link', { text: LINK }],
  ['its link, signed anew', { text: `${LINK}?signature=2` }],
])('finds a message that shows %s', (_name, more) => {
  expect(findEvidence(attempt, [message(more)], nobody)).toEqual(found);
});

it.each<[string, Partial<SeenMessage>]>([
  ['a message of the client', { direction: 'in' }],
  ['a text, even with the same words', { type: 'text' }],
  ['a time before the attempt', { timestamp: spanStart(attempt) - 1 }],
  ['a time after the horizon', { timestamp: START + 2 * MINUTE }],
])('is not misled by %s', (_name, more) => {
  expect(findEvidence(attempt, [message(more)], nobody)).toEqual({ kind: 'none' });
});

it.each<[string, DoubtfulAttempt, Partial<SeenMessage>]>([
  ['another caption', attempt, { text: 'Invoice 8' }],
  ['no words at all', attempt, { text: null }],
  ['a link of the provider’s own', attempt, { text: 'https://provider.example.com/8f3a' }],
  [
    'nothing of a template but its words',
    { ...attempt, template: 'your_file' },
    { type: 'text', text: 'Hi' },
  ],
])('does not call an attempt absent beside a message that shows %s', (_name, other, more) => {
  expect(findEvidence(other, [message(more)], nobody)).toEqual({ kind: 'ambiguous', uniques: ['u1'] });
});

it('leaves alone what another delivery owns', () => {
  expect(findEvidence(attempt, [message()], (unique) => unique === 'u1')).toEqual({ kind: 'none' });
});

it('does not choose between two', () => {
  const two = [message(), message({ unique: 'u2' })];
  expect(findEvidence(attempt, two, nobody)).toEqual({ kind: 'ambiguous', uniques: ['u1', 'u2'] });
});

it('counts a message once, however often it is listed', () => {
  expect(findEvidence(attempt, [message(), message()], nobody)).toEqual(found);
});

it.each<[string, DoubtfulAttempt]>([
  ['without a caption', { ...attempt, caption: null }],
  ['with an empty caption', { ...attempt, caption: '' }],
  ['by template, which shows other words', { ...attempt, template: 'your_file' }],
])('knows an attempt %s by its link alone', (_name, other) => {
  const wordless = [message({ text: other.caption ?? null })];
  expect(findEvidence(other, wordless, nobody)).toEqual({ kind: 'ambiguous', uniques: ['u1'] });
  expect(findEvidence(other, [message({ text: LINK })], nobody)).toEqual(found);
});

it('knows a template by its name, where the history says that it is one', () => {
  const template = { ...attempt, template: 'your_file' };
  const named = message({ type: 'template', text: 'your_file' });
  expect(findEvidence(template, [named], nobody)).toEqual(found);
  expect(findEvidence(template, [{ ...named, type: 'file' }], nobody)).toMatchObject({ kind: 'ambiguous' });
  expect(findEvidence(attempt, [named], nobody)).toMatchObject({ kind: 'ambiguous' });
});
