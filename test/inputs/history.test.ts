import fc from 'fast-check';
import { type DoubtfulAttempt, findEvidence, type SeenMessage } from '../../src/domain/evidence.js';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { withRedis } from '../support/redis.js';
import { requestTo, startStack } from '../support/stack.js';

const START = 1_800_000_000_000;

const attempt = (more: Partial<DoubtfulAttempt>): DoubtfulAttempt => ({
  template: null,
  fileUrl: 'https://files.example.com/a.pdf',
  caption: null,
  startedAt: START,
  horizonAt: START + MINUTE,
  ...more,
});

const shown = (text: string, more: Partial<SeenMessage> = {}): SeenMessage => ({
  unique: 'u1',
  timestamp: START + SECOND,
  direction: 'out',
  type: 'file',
  text,
  caption: null,
  ...more,
});

const look = (of: Partial<DoubtfulAttempt>, ...messages: readonly SeenMessage[]) =>
  findEvidence(attempt(of), messages, () => false).kind;

/** What is known to happen to a text between a send call and a history. */
const CAPTIONS: readonly (readonly [why: string, caption: string, history: string])[] = [
  ['a provider trims: reported for a caption from a template engine', 'Invoice 7\n', 'Invoice 7'],
  ['blanks in front', '  Invoice 7', 'Invoice 7'],
  ['Windows writes CRLF', 'Hi,\r\nyour invoice', 'Hi,\nyour invoice'],
  ['line breaks become blanks in one-line lists', 'Hi,\nyour invoice', 'Hi, your invoice'],
  ['HTML collapses runs of blanks', 'Invoice   7', 'Invoice 7'],
  ['macOS decomposes letters', 'Cafe\u0301', 'Café'],
  ['Word puts no-break spaces', 'Invoice\u00a07', 'Invoice 7'],
  ['tabs from a sheet', 'Invoice\t7', 'Invoice 7'],
  ['marks of direction around Hebrew are dropped', '\u200fחשבונית 7\u200e', 'חשבונית 7'],
  ['a byte order mark from a file', '\ufeffInvoice 7', 'Invoice 7'],
  ['a zero-width space', 'Invoice\u200b 7', 'Invoice 7'],
  ['emoji lose their variation selector', 'Thanks ❤\ufe0f', 'Thanks ❤'],
  ['quotation marks are made plain', 'Your “invoice” – it’s here', 'Your "invoice" – it\'s here'],
];

describe('a caption', () => {
  it.each(CAPTIONS)('is known again although %s', (_, caption, history) => {
    expect(look({ caption }, shown(history))).toBe('found');
    expect(look({ caption: history }, shown(caption))).toBe('found');
    expect(look({ caption }, shown('https://cdn.example.com/1', { caption: history }))).toBe('found');
  });

  it.each([
    ['another number', 'Invoice 7', 'Invoice 8'],
    ['another case', 'invoice 7', 'Invoice 7'],
    ['WhatsApp’s bold: shown as it is sent', '*Invoice* 7', 'Invoice 7'],
    ['a beginning', 'Invoice 7', 'Invoice'],
    ['words joined', 'Invoice 7', 'Invoice7'],
    ['full-width digits', 'Invoice 7', 'Invoice ７'],
  ])('is not taken for one with %s, and nothing is absent beside it', (_, caption, history) => {
    expect(look({ caption }, shown(history))).toBe('ambiguous');
  });

  it('of blanks alone is none', () => {
    expect(look({ caption: ' \n' }, shown(''))).toBe('ambiguous');
    expect(look({ caption: '\u200b' }, shown(' '))).toBe('ambiguous');
  });

  it('that looks like another one is neither', () => {
    const two = [shown('Invoice 7'), shown('Invoice  7', { unique: 'u2' })];
    expect(look({ caption: 'Invoice 7' }, ...two)).toBe('ambiguous');
  });
});

describe('a link', () => {
  const LINK = 'https://files.example.com/a b/חשבונית (7).pdf';
  it.each([
    ['as it was given', LINK],
    ['percent-encoded', encodeURI(LINK)],
    ['encoded in small letters', encodeURI(LINK).replace(/%../g, (code) => code.toLowerCase())],
    ['encoded in full', `https://files.example.com/a%20b/${encodeURIComponent('חשבונית (7).pdf')}`],
    ['with brackets encoded', encodeURI(LINK).replace('(', '%28').replace(')', '%29')],
    ['signed anew', `${encodeURI(LINK)}?sig=2`],
    ['with its default port', encodeURI(LINK).replace('.com/', '.com:443/')],
    ['with its host in capitals', encodeURI(LINK).replace('files', 'FILES')],
    ['with blanks around', ` ${LINK}\n`],
  ])('is known again %s', (_, text) => {
    expect(look({ fileUrl: encodeURI(LINK) }, shown(text))).toBe('found');
    expect(look({ fileUrl: LINK }, shown(text))).toBe('found');
  });

  it.each([
    ['another file', 'https://files.example.com/b.pdf'],
    ['another host', 'https://files.example.org/a.pdf'],
    ['a path in another case', 'https://files.example.com/A.pdf'],
    ['plain http', 'http://files.example.com/a.pdf'],
    ['an encoded slash', 'https://files.example.com%2Fa.pdf'],
    ['no link at all', 'a.pdf'],
  ])('is not taken for %s', (_, text) => {
    expect(look({}, shown(text))).toBe('ambiguous');
  });

  it('tells an encoded slash from a slash', () => {
    expect(look({ fileUrl: 'https://x.example.com/a%2Fb.pdf' }, shown('https://x.example.com/a/b.pdf'))).toBe(
      'ambiguous',
    );
  });

  it('with a name in another script is known again by its punycode', () => {
    const fileUrl = 'https://קבצים.example.com/a.pdf';
    expect(look({ fileUrl }, shown(new URL(fileUrl).href))).toBe('found');
  });
});

/** Texts of the pieces in which forms differ. */
const piece = fc.constantFrom(
  ...['Invoice', '7', ' ', '\n', '\r\n', '\u00a0', '\u200f', 'é', 'e\u0301', '“', '"', '*', 'א', '👍'],
);
const caption = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));

it('never finds what is not there, and never calls absent what is', () => {
  fc.assert(
    fc.property(caption, fc.array(caption, { maxLength: 4 }), (ours, theirs) => {
      const messages = theirs.map((text, index) => shown(text, { unique: `u${index}` }));
      const kind = look({ caption: ours }, ...messages);
      const alike = theirs.filter((text) => letters(text) === letters(ours) && letters(ours) !== '');
      expect(kind === 'found' ? alike : [ours]).toHaveLength(1);
      expect(kind === 'none').toBe(theirs.length === 0);
    }),
  );
});

/** What must be the same for two texts to be one; `findEvidence` may ask for more. */
function letters(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\p{Cf}]/gu, '')
    .replace(/“/g, '"');
}

const redis = withRedis();

it('settles lost replies by what the provider’s history shows of their captions', async () => {
  const stack = await startStack(redis.url, {
    sandbox: { windowsOpen: true, callbacks: { lossProbability: 1 } },
  });
  try {
    const captions = ['Invoice 7\n', '  Invoice 8', 'Hi,\r\nyour invoice', 'Cafe\u0301 ', '\tInvoice 9'];
    stack.sandbox.fault({ kind: 'reset_after_accepting', times: captions.length });
    const requests = captions.map((text, index) =>
      requestTo(`97250000000${index}`, { id: `lost-${index}`, caption: text }),
    );
    await stack.waybill.enqueueMany(requests);
    for (const index of captions.keys()) {
      await stack.waybill.wait(`lost-${index}`, 'accepted', { timeoutMs: 30_000 });
    }
    expect(stack.sandbox.accepted()).toHaveLength(captions.length);
  } finally {
    await stack.close();
  }
});
