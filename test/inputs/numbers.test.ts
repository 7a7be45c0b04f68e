import fc from 'fast-check';
import { maskText } from '../../src/domain/mask.js';
import { parseRecipient } from '../../src/domain/recipient.js';
import { spellingsOf } from '../../src/domain/spellings.js';
import { createWaybill } from '../../src/index.js';
import { runCli } from '../cli/cli-in-process.js';
import { FACES, type Faces, openFaces } from '../support/faces.js';
import { withRedis } from '../support/redis.js';
import { FROM, requestTo, SHOP, type Stack, type StackOptions, startStack } from '../support/stack.js';
import { eventually } from '../support/wait.js';

const redis = withRedis();
let stack: Stack;
let faces: Faces;

async function start(options: StackOptions = {}): Promise<void> {
  stack = await startStack(redis.url, options);
  opened.push(stack);
  faces = await openFaces({ url: redis.url, waybill: stack.waybill, account: options.account ?? {} });
  opened.push(faces);
}

/** What a test has started; rules that need no process start none. */
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const FILE = 'https://files.example.com/invoice.pdf';
const accepted = (id: string) => stack.waybill.wait(id, 'accepted', { timeoutMs: 20_000 });

describe('a number as people write it', () => {
  /** With where it comes from. */
  const WRITTEN = [
    ['+972-050-123-4567', '972501234567', 'the national 0 behind the country code (a CRM export)'],
    ['+33 (0)6 12 34 56 78', '33612345678', 'the 0 in parentheses (business cards)'],
    ['+7 8 916 123-45-67', '79161234567', 'the 8 that Russians dial first'],
    ['+54 11 15 2345-6789', '5491123456789', 'Argentina’s 15, dialled only inside the country'],
    ['+39 06 1234 5678', '390612345678', 'a 0 that belongs to the number (Italy)'],
    ['+242 05 512 3456', '242055123456', 'a 0 that belongs to the number (Congo)'],
    ['whatsapp:+972501234567', '972501234567', 'Twilio’s form'],
    ['tel:+972-50-123-4567', '972501234567', 'RFC 3966'],
    ['https://wa.me/972501234567?text=hi', '972501234567', 'click to chat'],
    ['https://api.whatsapp.com/send?phone=%2B972501234567', '972501234567', 'click to chat, the long form'],
    ['\uff0b\uff19\uff17\uff12 \uff15\uff10 123 4567', '972501234567', 'a Japanese keyboard'],
    [
      '\u0669\u0667\u0662\u0665\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667',
      '972501234567',
      'an Arabic keyboard',
    ],
    ["'972501234567", '972501234567', 'a sheet’s mark for text'],
    ['+49 30/1234567', '49301234567', 'DIN 5008 of old'],
    ['\u202a+972 50\u2011123\u20114567\u202c', '972501234567', 'copied from a contact on a phone'],
  ] as const;

  it('is the same number by every way', async () => {
    await start({ sandbox: { windowsOpen: true } });
    for (const [index, [to, canonical]] of WRITTEN.entries()) {
      const face = FACES[index % FACES.length] ?? 'library';
      const answer = await faces.enqueue(face, { to, fileUrl: FILE, caption: `Invoice ${index}` });
      expect({ to, face, taken: answer.taken }).toEqual({ to, face, taken: true });
      if (answer.taken) expect(await accepted(answer.id)).toMatchObject({ to: canonical });
    }
    const sent = stack.sandbox.accepted().map(({ to }) => to);
    expect([...sent].sort()).toEqual(WRITTEN.map(([, canonical]) => canonical).sort());
  });

  it.each(FACES.filter((face) => face !== 'job'))(
    'is told of by a warning, where its digits change, by %s',
    async (face) => {
      await start({ sandbox: { windowsOpen: true } });
      const answer = await faces.enqueue(face, { to: '+972-050-123-4567', fileUrl: FILE });
      const detail = 'is read as 972…67: check that it is the number you mean';
      expect(answer).toEqual({ taken: true, id: expect.any(String), warnings: [{ pointer: '/to', detail }] });
      const plain = await faces.enqueue(face, { to: '+972 50-123-4568', fileUrl: FILE });
      expect(plain).toMatchObject({ taken: true, warnings: [] });
    },
  );

  it.each(FACES)('is refused where nobody has it, by %s', async (face) => {
    await start();
    for (const to of [
      '+9725012345678901',
      '12345678',
      '+999 50 123 4567',
      '050-1234567',
      'tel:+972501234567;ext=5',
    ]) {
      const answer = await faces.enqueue(face, { to, fileUrl: FILE });
      expect({ to, taken: answer.taken }).toEqual({ to, taken: false });
      const words = JSON.stringify(answer);
      expect(words).not.toMatch(/5012345678901|501234567;|9995/);
    }
    expect(await stack.waybill.get('none').catch(() => null)).toBeNull();
    expect(stack.sandbox.requests({ endpoint: 'sendFile' })).toEqual([]);
  });

  /** Possible mobile numbers of many countries. */
  const number = fc
    .constantFrom(
      '9725',
      '4479',
      '4915',
      '3361',
      '5511',
      '5255',
      '9198',
      '3466',
      '6591',
      '1202',
      '8613',
      '3933',
    )
    .chain((start) => fc.integer({ min: 20_000_000, max: 89_999_999 }).map((rest) => `${start}${rest}`))
    .filter((digits) => parseRecipient(digits).ok);
  const gap = fc.constantFrom(
    '',
    '',
    '',
    ' ',
    '-',
    '\u00a0',
    '\u2011',
    '\u2212',
    '\u200e',
    '\u2009',
    '\u2060',
  );
  const around = fc.constantFrom(
    ['', ''],
    [' \u202a', '\u202c\n'],
    ["'", ''],
    ['whatsapp:', ''],
    ['tel:', ''],
    ['', '@c.us'],
    ['\ufeff', ''],
  );
  const scripts = fc.constantFrom(0x30, 0x30, 0x660, 0x6f0, 0x966, 0xff10, 0xe50, 0x1d7ce);

  const decorated = fc
    .record({ number, around, scripts, gaps: fc.array(gap, { minLength: 15, maxLength: 15 }) })
    .map(({ number: digits, around: [before, after], scripts: zero, gaps }) => {
      const spaced = [...digits].map(
        (digit, at) => String.fromCodePoint(zero + Number(digit)) + (gaps[at + 1] ?? ''),
      );
      return { digits, written: `${before}+${spaced.join('')}${after}`, spaced: `+${spaced.join('')}` };
    });

  it('comes to the same digits whatever is written around and between them', () => {
    fc.assert(
      fc.property(decorated, ({ digits, written }) => {
        expect(parseRecipient(written)).toEqual({ ok: true, recipient: digits });
      }),
    );
  });

  it('is masked however it is written', () => {
    const alone = (text: string) => text.normalize('NFKC').replace(/\P{Nd}/gu, '');
    fc.assert(
      fc.property(decorated, ({ spaced }) => {
        expect(alone(maskText(`to ${spaced} failed`)).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('a national number', () => {
  const IL = { account: { country: 'IL' }, sandbox: { windowsOpen: true } };

  it.each(FACES)('is taken where the account has a country, by %s', async (face) => {
    await start(IL);
    const answer = await faces.enqueue(face, { to: '050-1234567', fileUrl: FILE });
    expect(answer).toMatchObject({
      taken: true,
      warnings:
        face === 'job' ? [] : [{ pointer: '/to', detail: expect.stringMatching(/^is read as 972…67/) }],
    });
    if (answer.taken) expect(await accepted(answer.id)).toMatchObject({ to: '972501234567' });
    expect(stack.sandbox.accepted()).toMatchObject([{ to: '972501234567' }]);
  });

  it.each(FACES)('is refused with the name of the setting where it has none, by %s', async (face) => {
    await start();
    const answer = await faces.enqueue(face, { to: '050-1234567', fileUrl: FILE });
    expect(answer).toMatchObject({
      taken: false,
      errors: [{ detail: expect.stringMatching(/begins with 0: .* or set country of the account/) }],
    });
  });

  it('finds its conversation, its deliveries, and what to erase', async () => {
    await start(IL);
    await stack.waybill.enqueue(requestTo('050-1234567', { id: 'inv-1' }));
    await accepted('inv-1');
    const { api } = faces;
    const written = encodeURIComponent('050-1234567');
    const conversation = await api.call('GET', `/v1/conversations/shop/${written}`);
    expect(conversation).toMatchObject({ status: 200, json: { to: '972501234567' } });
    const listed = await api.call('GET', `/v1/deliveries?to=${written}`);
    expect(listed).toMatchObject({ status: 200, json: { deliveries: [{ id: 'inv-1' }] } });
    const env = { REDIS_URL: redis.url, WAYBILL_ACCOUNTS: JSON.stringify([{ ...SHOP, country: 'IL' }]) };
    const explained = await runCli(['explain', '--to', '050-1234567', '--json'], env);
    expect(JSON.parse(explained.stdout)).toMatchObject({ to: '972501234567' });
    const erased = await api.call('DELETE', `/v1/recipients/shop/${written}`);
    expect(erased).toMatchObject({ status: 200, json: { deliveries: 1 } });
  });

  it('is read again as it was by a worker, by a change, and by another delivery made of it', async () => {
    await start({ account: { country: 'US' } });
    const { id } = await stack.waybill.enqueue(
      requestTo('+49 30 1234567', { sendAt: Date.now() + 3_600_000 }),
    );
    const changed = await faces.api.call('PATCH', `/v1/deliveries/${id}`, { body: { caption: 'New' } });
    expect(changed).toMatchObject({ status: 200 });
    const again = await stack.waybill.enqueue(
      requestTo('2025550123', { id: 'us', sendAt: Date.now() + 3_600_000 }),
    );
    expect(again.warnings).toMatchObject([{ pointer: '/to' }]);
    expect(await stack.waybill.get('us')).toMatchObject({
      to: '12025550123',
      request: { to: '+12025550123' },
    });
  });

  it('is looked up by the digits that answers tell, and erased only where nobody else may be meant', async () => {
    await start({ account: { country: 'US' } });
    const conversation = await faces.api.call('GET', '/v1/conversations/shop/6568123456');
    expect(conversation).toMatchObject({ status: 200, json: { to: '6568123456' } });
    const erased = await faces.api.call('DELETE', '/v1/recipients/shop/6568123456');
    expect(erased).toMatchObject({ status: 422, json: { errors: [{ pointer: '/path/to' }] } });
    const meant = await faces.api.call('DELETE', '/v1/recipients/shop/%2B6568123456');
    expect(meant).toMatchObject({ status: 200 });
  });

  it('is known to an app that names the account itself, before any worker has run', async () => {
    await start();
    const waybill = createWaybill({
      redis: redis.url,
      prefix: 'early',
      accounts: [{ from: FROM, name: 'shop', country: 'IL' }],
    });
    const { id } = await waybill.enqueue(requestTo('050-1234567'));
    expect(await waybill.get(id)).toMatchObject({ to: '972501234567' });
    await waybill.close();
  });
});

describe('read for a country', () => {
  it.each([
    ['050-1234567', 'IL', '972501234567'],
    ['501234567', 'IL', '972501234567'],
    ['00972501234567', 'IL', '972501234567'],
    ['972501234567', 'IL', '972501234567'],
    ['447911123456', 'IL', '447911123456'],
    ['030/1234567', 'DE', '49301234567'],
    ['0049 30 1234567', 'DE', '49301234567'],
    ['447911123456', 'DE', '447911123456'],
    ['06 1234 5678', 'IT', '390612345678'],
    ['333 123 4567', 'IT', '393331234567'],
    ['(202) 555-0123', 'US', '12025550123'],
    ['2125551234', 'US', '12125551234'],
    ['011 972 50 123 4567', 'US', '972501234567'],
    ['0011 972 50 123 4567', 'AU', '972501234567'],
    ['8 916 123-45-67', 'RU', '79161234567'],
    ['89161234567', 'RU', '79161234567'],
    ['84951234567', 'VN', '84951234567'],
    ['84951234567', 'IL', '84951234567'],
    ['80291234567', 'BY', '375291234567'],
    ['9123 4567', 'SG', '6591234567'],
    ['(11) 98765-4321', 'BR', '5511987654321'],
    ['011 15 2345-6789', 'AR', '5491123456789'],
    ['55 1234 5678', 'MX', '525512345678'],
  ] as const)('%s in %s is %s', (to, country, recipient) => {
    expect(parseRecipient(to, country)).toMatchObject({ ok: true, recipient });
  });

  it.each([
    ['0123', 'IL', /^is no number of IL, and none with a country code/],
    ['00972501234567', 'US', /^is no number of US/],
    ['+0501234567', 'IL', /^begins with 0/],
    // A number of Florida, and one of Singapore.
    ['6568123456', 'US', /^may be a number of US or of another country: write it with \+/],
    // Of Moscow with the 8 that is dialled there, and of Vietnam.
    ['84951234567', 'RU', /^may be a number of RU or of another country: write it with \+/],
    ['84951234567', 'KZ', /^may be a number of KZ or of another country: write it with \+/],
    ['8 495 123-45-67', 'RU', /^may be a number of RU or of another country: write it with \+/],
  ] as const)('%s in %s is refused, since nobody knows whose it is', (to, country, detail) => {
    expect(parseRecipient(to, country)).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  });

  it('takes the same digits with their + for what they are', () => {
    expect(parseRecipient('+6568123456', 'US')).toEqual({ ok: true, recipient: '6568123456' });
    expect(parseRecipient('+16568123456', 'US')).toEqual({ ok: true, recipient: '16568123456' });
  });
});

describe.each([
  ['Brazil', '5511987654321', '551187654321'],
  ['Brazil, beyond the first areas', '5562987654321', '556287654321'],
  ['Mexico', '525512345678', '5215512345678'],
  ['Argentina', '5491123456789', '541123456789'],
  ['Côte d’Ivoire', '2250707123456', '22507123456'],
])('a client of %s, %s and %s', (_country, dialled, other) => {
  it.each([
    ['as dialled', dialled, other],
    ['as WhatsApp may have it', other, dialled],
  ])('is one conversation, written %s', async (_how, to, answers) => {
    await start();
    const { sandbox, waybill } = stack;
    sandbox.client({ number: answers });
    sandbox.windowLeft(to, 0);
    await waybill.enqueue(requestTo(to, { id: 'one', caption: 'One' }));
    await waybill.wait('one', 'held', { timeoutMs: 20_000 });
    // The client writes, and the receipts come, under the other spelling.
    sandbox.reply(answers, 'hi');
    await waybill.wait('one', 'delivered', { timeoutMs: 20_000 });
    await waybill.enqueue(requestTo(answers, { id: 'two', caption: 'Two' }));
    await waybill.wait('two', 'delivered', { timeoutMs: 20_000 });

    // `to` went out as the app gave it.
    expect(sandbox.accepted().map((message) => message.to)).toEqual([to, answers]);
    expect(sandbox.callbacks().map(({ payload }) => payload.from)).toEqual(expect.arrayContaining([answers]));
    expect(sandbox.callbacks().some(({ payload }) => payload.from === to)).toBe(false);

    const { api } = faces;
    const month = new Date().toISOString().slice(0, 7);
    const ledger = await api.call('GET', `/v1/ledger/shop/${month}`);
    expect(ledger.text).toContain('"messages":2');
    expect(sandbox.bill()).toMatchObject([{ to: dialled, messages: 2 }]);

    for (const asked of [to, answers]) {
      const listed = await api.call('GET', `/v1/deliveries?to=${asked}`);
      expect(listed).toMatchObject({ json: { deliveries: [{ id: 'two' }, { id: 'one' }] } });
      const conversation = await api.call('GET', `/v1/conversations/shop/${asked}`);
      expect(conversation).toMatchObject({ status: 200, json: { window: { state: 'open' } } });
    }

    const erased = await api.call('DELETE', `/v1/recipients/shop/${answers}`);
    expect(erased).toMatchObject({ status: 200, json: { deliveries: 2, sessions: 1 } });
    const left = await redis.client.keys('*');
    for (const name of left.filter((key) => !key.endsWith('events'))) {
      for (const spelling of spellingsOf(to)) expect(name).not.toContain(spelling);
    }
  });
});

describe('both spellings of a client', () => {
  const [dialled, other] = ['5562987654321', '556287654321'];

  it('are the same request under one id, and one delivery in a file that has no ids', async () => {
    await start({ sandbox: { windowsOpen: true } });
    const first = await stack.waybill.enqueue(requestTo(dialled, { id: 'inv-1' }));
    const again = await stack.waybill.enqueue(requestTo(other, { id: 'inv-1' }));
    expect([first.duplicate, again.duplicate]).toEqual([false, true]);
    await accepted('inv-1');

    const lines = [dialled, other]
      .map((to) => JSON.stringify(requestTo(to, { caption: 'Twice' })))
      .join('\n');
    const batch = await faces.api.call('POST', '/v1/deliveries/batch', {
      body: lines,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const answers = batch.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, true]);
  });

  it('go one after another, in one lane', async () => {
    await start();
    stack.sandbox.windowLeft(dialled, 0);
    for (const [index, to] of [dialled, other, dialled].entries()) {
      await stack.waybill.enqueue(requestTo(to, { id: `inv-${index}`, strictOrder: true }));
    }
    await stack.waybill.wait('inv-0', 'held', { timeoutMs: 20_000 });
    const conversation = await faces.api.call('GET', `/v1/conversations/shop/${other}`);
    expect(conversation).toMatchObject({ json: { lane: { count: 3 } } });
    stack.sandbox.reply(other, 'hi');
    await accepted('inv-2');
    expect(stack.sandbox.accepted().map(({ to }) => to)).toEqual([dialled, other, dialled]);
  });

  it('are looked for in the history, when nobody knows what became of an attempt', async () => {
    await start();
    stack.sandbox.reply(dialled, 'hi');
    await stack.sandbox.idle();
    stack.sandbox.fault({ kind: 'reset_after_accepting' });
    await stack.waybill.enqueue(requestTo(dialled, { id: 'lost', caption: 'Lost' }));
    await accepted('lost');
    const asked = stack.sandbox.requests({ endpoint: 'getHistory' }).map(({ fields }) => fields?.to);
    expect(asked).toEqual(expect.arrayContaining([dialled, other]));
    expect(stack.sandbox.accepted()).toHaveLength(1);
  });

  it('are one account as well, where our own number has two', async () => {
    const account = { from: dialled, name: 'shop' };
    const sandbox = { accounts: [{ from: dialled, apiKey: SHOP.apiKey }] };
    await start({ account, sandbox });
    await stack.sandbox.callback(
      {
        status: 'OK',
        hook: 'new',
        unique: 'A1',
        from: '972501234567',
        to: other,
        type: 'text',
        body: 'hi',
        timestamp: String(Math.floor(Date.now() / 1000)),
      },
      { from: dialled },
    );
    const told = await faces.api.call('GET', '/v1/conversations/shop/972501234567');
    expect(told).toMatchObject({ json: { window: { state: 'open' } } });
  });
});

describe('a business-scoped id', () => {
  it.each([
    ['IL.1605856887361213', 'the form of most'],
    ['IL.ENT.11815799212886844830', 'a linked business'],
    ['US.aBcDeFgHiJ', 'letters alone'],
    ['BR.7', 'as short as may be'],
    [`MX.ENT.${'a1'.repeat(64)}`, 'as long as may be'],
  ])('%s is a client (%s)', async (fromId) => {
    await start();
    const { sandbox, waybill } = stack;
    sandbox.client({ fromId, hidden: true });
    sandbox.windowLeft(fromId, 0);
    await waybill.enqueue(requestTo(fromId, { id: 'one' }));
    await waybill.wait('one', 'held', { timeoutMs: 20_000 });
    sandbox.reply(fromId, 'hi');
    await waybill.wait('one', 'delivered', { timeoutMs: 20_000 });
    expect(sandbox.accepted()).toMatchObject([{ to: fromId }]);
    await sandbox.idle();
    // What is that short is nobody's secret, and stands in other words.
    if (fromId.length > 10) expect(stack.lines().join('\n')).not.toContain(fromId);
    const listed = await faces.api.call('GET', `/v1/deliveries?to=${fromId}`);
    expect(listed).toMatchObject({ json: { deliveries: [{ id: 'one' }] } });
  });

  it('is tied to its number by a client who shows both', async () => {
    await start();
    const fromId = 'IL.ENT.11815799212886844830';
    stack.sandbox.client({ number: '972501234567', fromId });
    stack.sandbox.windowLeft('972501234567', 0);
    await stack.waybill.enqueue(requestTo(fromId, { id: 'one' }));
    await stack.waybill.wait('one', 'held', { timeoutMs: 20_000 });
    stack.sandbox.reply('972501234567', 'hi');
    await accepted('one');
    const listed = await faces.api.call('GET', '/v1/deliveries?to=972501234567');
    expect(listed).toMatchObject({ json: { deliveries: [{ id: 'one' }] } });
  });
});

describe('a callback', () => {
  it('opens the window of whomever it names, also by a number that no plan has', async () => {
    await start();
    await stack.sandbox.callback({
      status: 'OK',
      hook: 'new',
      unique: 'B1',
      from: '+97250123456789',
      to: FROM,
      type: 'text',
      body: 'hi',
      timestamp: String(Math.floor(Date.now() / 1000)),
    });
    await eventually(async () => {
      const told = await faces.api.call('GET', '/v1/conversations/shop/97250123456789');
      expect(told).toMatchObject({ json: { window: { state: 'open' } } });
      return true;
    });
  });
});
