import type { Dice } from '../../sandbox/dice.js';

/** What a client is, and therefore what becomes of what is sent to it. */
export const CLIENTS = ['open', 'closed', 'refused'] as const;
export type ClientKind = (typeof CLIENTS)[number];

/** A request with what has to become of it, known from how it was made and not from our own rules. */
export type Generated = {
  readonly request: Readonly<Record<string, unknown>>;
  /** The pointers of everything that is wrong with it; empty: it is taken. */
  readonly faults: readonly string[];
  /** The client's number as the provider knows it. */
  readonly number: string;
  readonly client: ClientKind;
  /** Statuses and reasons that its delivery may end with, for the stated reason. */
  readonly ends: readonly string[];
};

/** One way to fill a field: absent where `value` is undefined. */
type Part = { readonly value: unknown; readonly faults?: readonly string[] };

const fine = (...values: readonly unknown[]): readonly Part[] => values.map((value) => ({ value }));
const wrong = (pointer: string, ...values: readonly unknown[]): readonly Part[] =>
  values.map((value) => ({ value, faults: [pointer] }));

const DAY = 86_400_000;
const LONG = 'x'.repeat(1025);

/** Fields that do not depend on each other: what is wrong with one is told whatever the others are. */
function fieldsAt(
  now: number,
): Readonly<Record<string, { readonly fine: readonly Part[]; readonly wrong: readonly Part[] }>> {
  return {
    caption: {
      fine: fine(
        undefined,
        null,
        '',
        'Invoice 7',
        'Hi,\nyour invoice\n',
        'קבלה מספר 7',
        'فاتورة ٧',
        '🧾👩‍👩‍👧‍👦 done',
        ' \t padded \r\n',
        'x'.repeat(1024),
        '=HYPERLINK("x")',
        '{{1}} *bold* _it_',
      ),
      wrong: wrong('/caption', LONG, 'smile \ud83d', '\udc4d thumb', 7, true, { text: 'x' }, ['a']),
    },
    replyTo: {
      fine: fine(undefined, undefined, null, '92E0A1', 'HBgMOTcyNTU0OTM2OTY3FQIAERgS=='),
      wrong: wrong('/replyTo', '', 'x'.repeat(513), 7, 'a\ud800b', {}),
    },
    mediaType: {
      fine: fine(undefined, undefined, null, 'document'),
      wrong: wrong('/mediaType', 'pdf', 'Document', 7, ['document'], ''),
    },
    localStorage: { fine: fine(undefined, null, true, false), wrong: wrong('/localStorage', 'yes', 1, {}) },
    showRequest: { fine: fine(undefined, null, true, false), wrong: wrong('/showRequest', 'no', 0) },
    fileSizeBytes: {
      fine: fine(undefined, undefined, null, 1, 4_000_000),
      wrong: wrong('/fileSizeBytes', -1, 0, 1.5, 'big', 2 ** 60, true),
    },
    priority: {
      fine: fine(undefined, undefined, null, 'high', 'normal', 'low'),
      wrong: wrong('/priority', 'urgent', 1, ''),
    },
    onUnknown: {
      fine: fine(undefined, null, 'hold', 'resend_if_absent'),
      wrong: wrong('/onUnknown', 'retry', false),
    },
    strictOrder: { fine: fine(undefined, null, true, false), wrong: wrong('/strictOrder', 'true', 2) },
    sendAt: {
      fine: fine(undefined, undefined, undefined, null, now - DAY / 2, new Date(now - 1000).toISOString()),
      wrong: wrong('/sendAt', 'tomorrow', '2026-11-22', 17, {}, '2026-13-01T00:00:00Z'),
    },
    expiresAt: {
      fine: fine(undefined, undefined, undefined, null, now + DAY, new Date(now + 2 * DAY).toISOString()),
      wrong: wrong('/expiresAt', 'never', true, now - DAY, '22/11/2026'),
    },
    metadata: {
      fine: fine(undefined, null, {}, [], { order: '7' }, { From: 'x', Expires: '' }, { שם: 'דנה' }),
      wrong: [
        ...wrong(
          '/metadata',
          'x',
          7,
          ['a'],
          Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v'])),
        ),
        ...wrong('/metadata/order', { order: 7 }, { order: 'x'.repeat(257) }, { order: 'a\ud83d' }),
      ],
    },
    template: {
      fine: fine(undefined, undefined, undefined, null, {
        name: 'invoice_ready',
        variables: ['Dana', 'two  words\there'],
      }),
      wrong: [
        ...wrong('/template', 'invoice_ready', 7),
        ...wrong('/template/name', { variables: ['x'] }, { name: '' }, { name: 7 }),
        ...wrong('/template/variables/0', { name: 'invoice_ready', variables: [7] }),
      ],
    },
    fileURL: { fine: fine(undefined), wrong: wrong('/fileURL', 'https://files.example.com/a.pdf', null) },
  };
}

const LINKS: readonly (readonly [link: string, faults: readonly string[]])[] = [
  ['https://files.example.com/invoices/N.pdf', []],
  ['https://files.example.com/invoices/N.pdf?X-Amz-Signature=abc%2Fdef&X-Amz-Expires=604800', []],
  ['https://files.example.com/חשבונית-N.pdf', []],
  [' https://files.example.com/N.PDF\n', []],
  ['https://bücher.example/N.docx', []],
  ['https://files.example.com/N/%D7%97.pdf#page=2', []],
];
const BROKEN_LINKS: readonly unknown[] = [
  'http://files.example.com/N.pdf',
  'ftp://files.example.com/N.pdf',
  'invoice-N.pdf',
  '',
  'https://',
  'https://files.example.com/N.exe',
  'https://files.example.com/N.heic',
  7,
  null,
  undefined,
  ['https://files.example.com/N.pdf'],
  `https://files.example.com/${'x'.repeat(4100)}.pdf`,
  'javascript:alert(1)//.pdf',
];

const WRITTEN: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `+${number}`,
  (number) => `+${number.slice(0, 3)} ${number.slice(3, 5)}-${number.slice(5)}`,
  (number) => `whatsapp:+${number}`,
  (number) => `tel:+${number}`,
  (number) => `https://wa.me/${number}`,
  (number) => `\u202a+${number}\u202c`,
  (number) => number.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (number) => `+${number.slice(0, 3)}-0${number.slice(3)}`,
  (number) => `'${number}`,
  (number) => ` ${number.slice(0, 3)}.${number.slice(3)} `,
];
const BROKEN_NUMBERS: readonly unknown[] = [
  '',
  '12',
  'abc',
  '0501234567',
  '120363025246125888@g.us',
  '9.72501E+11',
  '972501234567, 972501234568',
  '+999 12 345 6789',
  972501234567,
  null,
  undefined,
  true,
  {},
  ['972501234567'],
];

/** What a face can say: any JSON, or the text of cells. */
export type Form = 'json' | 'cells';

/** Requests of every kind: more than half of them fine, the others with one or several faults. */
export function createGenerator(dice: Dice, now: number): (at: number, form?: Form) => Generated {
  const everyField = fieldsAt(now);
  const cellFields = Object.fromEntries(
    IN_CELLS.map((name) => [
      name,
      { fine: everyField[name]?.fine ?? [], wrong: inCells(everyField[name]?.wrong) },
    ]),
  );
  const draw = <T>(from: readonly T[]): T => from[dice.between({ min: 0, max: from.length - 1 })] as T;
  const chance = (one: number) => dice.between({ min: 1, max: one }) === 1;

  return (at, form = 'json') => {
    const fields = form === 'json' ? everyField : cellFields;
    const sayable = (values: readonly unknown[]) => (form === 'json' ? values : values.filter(isCell));
    const number = String(972_520_000_000 + at);
    const client = chance(8) ? 'closed' : chance(12) ? 'refused' : 'open';
    const mayBreak = chance(2);
    const faults: string[] = [];
    const request: Record<string, unknown> = {};
    const put = (name: string, { value, faults: found = [] }: Part) => {
      if (value !== undefined) request[name] = value;
      faults.push(...found);
    };
    for (const [name, field] of Object.entries(fields)) {
      put(name, draw(mayBreak && chance(9) ? field.wrong : field.fine));
    }
    put(
      'to',
      mayBreak && chance(9)
        ? { value: draw(sayable(BROKEN_NUMBERS)), faults: ['/to'] }
        : { value: draw(WRITTEN)(number) },
    );
    put(
      'fileUrl',
      mayBreak && chance(9)
        ? { value: numbered(draw(sayable(BROKEN_LINKS)), at), faults: ['/fileUrl'] }
        : { value: numbered(draw(LINKS)[0], at) },
    );
    put(
      'id',
      mayBreak && chance(20) ? { value: draw(sayable(BROKEN_IDS)), faults: ['/id'] } : { value: `g-${at}` },
    );
    const policy = chance(6) ? 'fail' : undefined;
    if (policy !== undefined) request.onClosedWindow = policy;
    return { request, faults: [...new Set(faults)].toSorted(), number, client, ends: endsOf(client, policy) };
  };
}

/** Fields whose wrong values are texts in a sheet too. */
const IN_CELLS = [
  'caption',
  'replyTo',
  'mediaType',
  'fileSizeBytes',
  'priority',
  'onUnknown',
  'sendAt',
  'expiresAt',
];

function inCells(parts: readonly Part[] = []): readonly Part[] {
  return parts.filter(({ value }) => isCell(value));
}

/** An empty cell is no value, and a sheet in UTF-8 holds no half of a character. */
function isCell(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && !/\p{Surrogate}/u.test(value);
}

const BROKEN_IDS: readonly unknown[] = ['has space', '', 'x'.repeat(129), 7, 'naïve', 'a/b', 'id\ud83d'];

function numbered(link: unknown, at: number): unknown {
  return typeof link === 'string' ? link.replace('N', String(at)) : link;
}

function endsOf(client: ClientKind, policy: 'fail' | undefined): readonly string[] {
  if (client === 'refused') return ['failed 4'];
  if (client === 'closed') return policy === 'fail' ? ['failed window_closed'] : ['held window'];
  return ['delivered', 'read'];
}
