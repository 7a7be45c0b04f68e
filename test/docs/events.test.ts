import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { EVENT_TYPES, type WaybillEvent } from '../../src/domain/event.js';
import { createSender } from '../../src/push/sender.js';
import { startReceiver } from '../push/receiver.js';
import { createCore } from '../support/process.js';
import { snippetsOf } from '../support/snippets.js';

const PAGE = 'docs/events.md';
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

it('tells of every type, and of no other', () => {
  const page = readFileSync(join(__dirname, '..', '..', PAGE), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z.]+)` +\|/gm)].map(([, type]) => type);
  expect(rows).toEqual([...EVENT_TYPES]);
});

it('verifies what is posted with the code that it shows', async () => {
  const [snippet] = snippetsOf(PAGE, 'js').filter(({ mark }) => mark === 'verify');
  const load = runInThisContext(`(require) => {${snippet?.code}; return readEvent;}`);
  const readEvent = load(createRequire(__filename));
  const receiver = await startReceiver();
  const endpoint = { name: 'app', url: receiver.url, types: [], allowPrivate: true };
  const sender = createSender({ endpoint, secrets: () => [SECRET], now: Date.now });
  const event: WaybillEvent = JSON.parse(snippetsOf(PAGE, 'json')[0]?.code ?? '');
  try {
    await sender.send(event);
    const [pushed] = receiver.all;
    expect(readEvent(pushed?.body, pushed?.headers, SECRET)).toEqual(event);
    expect(() => readEvent(`${pushed?.body} `, pushed?.headers, SECRET)).toThrow('No matching signature');
  } finally {
    await sender.close();
    await receiver.close();
  }
});

it('shows settings that are taken', () => {
  const code = snippetsOf(PAGE, 'sh').find((each) => each.code.startsWith('WAYBILL_EVENT_ENDPOINTS'))?.code;
  const json = /'(.*)'/s.exec(code ?? '')?.[1] ?? '';
  const { core } = createCore({ WAYBILL_EVENT_ENDPOINTS: json });
  expect(core.config.eventEndpoints).toMatchObject([
    { name: 'app', accounts: ['shop'], allowPrivate: false },
  ]);
});
