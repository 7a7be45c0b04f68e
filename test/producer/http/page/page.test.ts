import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startApi, type TestApi } from '../../../support/api.js';
import { openBrowser } from '../../../support/chromium.js';
import { passHorizon } from '../../../support/duty-stage.js';
import { withRedis } from '../../../support/redis.js';
import { FROM, requestTo, SHOP, type Stack, startStack } from '../../../support/stack.js';
import { eventually } from '../../../support/wait.js';

const TO = '972501234567';
const KEYS = [
  { name: 'boss', secret: 'secret-of-the-boss' },
  { name: 'looker', secret: 'secret-of-the-looker', roles: ['read'] },
];
const redis = withRedis();
let browser: Browser;
let api: TestApi;
let stack: Stack | undefined;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  api = await startApi(redis.url, { keys: KEYS });
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await api.close();
  await stack?.close();
  stack = undefined;
});

type Visitor = BrowserContextOptions & { readonly key?: string };

async function visit(path: string, { key = 'secret-of-the-boss', ...options }: Visitor = {}): Promise<Page> {
  const context = await browser.newContext({
    httpCredentials: { username: 'anna', password: key },
    ...options,
  });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${api.url}${path}`);
  return page;
}

const work = async (options: Parameters<typeof startStack>[1] = {}): Promise<Stack> => {
  stack = await startStack(redis.url, options);
  return stack;
};
/** Held by a closed gate, so that it stays as it is. */
const enqueue = async (body: Readonly<Record<string, unknown>>) => {
  const answer = await api.call('POST', '/v1/deliveries', { body: requestTo(TO, body) });
  expect(answer.status).toBe(202);
};
const statusOf = async (id: string) =>
  ((await api.call('GET', `/v1/deliveries/${id}`)).json as { readonly status: string }).status;

async function lose(id: string): Promise<void> {
  const { sandbox, waybill } = await work();
  sandbox.reply(TO, 'hi');
  await sandbox.idle();
  sandbox.fault({ kind: 'reset_after_reading' });
  await waybill.enqueue(requestTo(TO, { id }));
  await waybill.wait(id, 'unknown', { timeoutMs: 20_000 });
}

it('finds a delivery by its id and by its recipient, whose number a list does not show', async () => {
  await enqueue({ id: 'inv-1', caption: 'Invoice 1' });
  const page = await visit('/');
  await page.fill('#search', 'inv-1');
  await page.click('text=Find');
  await expect(page.textContent('h1')).resolves.toBe('inv-1');
  expect(await page.textContent('main')).toContain(TO);
  await page.fill('#search', '+972 50-123 4567');
  await page.press('#search', 'Enter');
  await page.waitForURL(/\/deliveries\?to=/);
  const list = await page.textContent('table');
  expect(list).toContain('inv-1');
  expect(list).not.toContain(TO);
  expect(list).toContain('972…67');
  await page.fill('#search', 'inv-404');
  await page.press('#search', 'Enter');
  await expect(page.textContent('h1')).resolves.toBe('Nothing found');
});

it('cancels a delivery, and says what that means first', async () => {
  await enqueue({ id: 'inv-1' });
  const page = await visit('/deliveries/shop/inv-1');
  await page.click('button:has-text("Cancel…")');
  expect(await page.textContent('main')).toContain('cannot be undone');
  await expect(statusOf('inv-1')).resolves.toBe('queued');
  await page.fill('#reason', '<b>wrong</b> file');
  await page.click('button:has-text("Cancel the delivery")');
  await page.waitForSelector('.notice');
  await expect(statusOf('inv-1')).resolves.toBe('cancelled');
  expect(await page.textContent('.timeline')).toContain('by boss from the page: <b>wrong</b> file');
  expect(await page.locator('.actions').count()).toBe(0);
});

it('pauses an account with a reason, and resumes it', async () => {
  const page = await visit('/accounts/shop');
  await page.fill('#reason', 'wrong price list');
  await page.click('text=Pause shop');
  await page.waitForSelector('.notice');
  expect(await page.textContent('.verdict')).toMatch(/by boss from the page, .*: wrong price list/);
  await page.goto(`${api.url}/`);
  expect(await page.textContent('.accounts')).toMatch(/Paused\s*by boss/);
  await page.click('text=Resume…');
  await page.click('button:has-text("Resume shop")');
  await page.waitForSelector('.notice');
  const { json } = await api.call('GET', '/v1/accounts');
  expect(json).toMatchObject({ accounts: [{ gate: { state: 'open' }, queuePaused: false }] });
});

it('resolves an unknown outcome once its horizon has passed, and tells when that is before', async () => {
  await lose('inv-1');
  const page = await visit('/');
  expect(await page.textContent('.unknowns')).toMatch(/may still be on its way; can be resolved in \d+/);
  expect(await page.locator('.unknowns button').count()).toBe(0);
  const early = await visit('/deliveries/shop/inv-1/sent');
  await early.click('button:has-text("It was sent")');
  expect(await early.textContent('main')).toContain('may still be on its way until');
  await passHorizon(redis.client, FROM, ['inv-1']);
  await page.reload();
  await page.click('.unknowns button:has-text("Was sent…")');
  await page.click('button:has-text("It was sent")');
  await page.waitForSelector('.notice');
  await expect(statusOf('inv-1')).resolves.toBe('accepted');
});

it('closes an unknown outcome, and makes a new delivery of it', async () => {
  await lose('inv-1');
  await passHorizon(redis.client, FROM, ['inv-1']);
  const page = await visit('/deliveries/shop/inv-1/close');
  await page.click('button:has-text("close it")');
  await page.waitForSelector('.notice');
  await expect(statusOf('inv-1')).resolves.toBe('failed');
  await page.click('button:has-text("Resend as a new delivery…")');
  await page.click('button:has-text("Make a new delivery")');
  await page.waitForSelector('.notice');
  await expect(page.textContent('h1')).resolves.toMatch(/^dlv_/);
  expect(await page.textContent('.facts')).toContain('inv-1');
});

it('says what was done only while it is so, and once', async () => {
  await enqueue({ id: 'inv-1' });
  const page = await visit('/accounts/shop?done=resumed');
  await expect(page.textContent('.notice:not(.old)')).resolves.toBe('The account is open.');
  await page.waitForSelector('.notice:not(.old)', { state: 'detached', timeout: 30_000 });
  expect(page.url()).not.toContain('done');
  await api.call('POST', '/v1/accounts/shop/pause', { body: { reason: 'price list' } });
  for (const untrue of [
    '/accounts/shop?done=resumed',
    '/deliveries/shop/inv-1?done=cancel',
    '/accounts/shop?done=x',
  ]) {
    await page.goto(`${api.url}${untrue}`);
    expect(await page.locator('.notice:not(.old)').count()).toBe(0);
  }
});

it('leads from what one account holds to its deliveries alone', async () => {
  await api.close();
  const second = { from: '972771234568', name: 'clinic', apiKey: 'key-of-clinic' };
  api = await startApi(redis.url, { keys: KEYS, env: { WAYBILL_ACCOUNTS: JSON.stringify([SHOP, second]) } });
  await enqueue({ id: 'inv-1' });
  await enqueue({ id: 'scan-1', from: 'clinic' });
  const page = await visit('/accounts/clinic');
  await expect(page.getAttribute('#held-by-window', 'href')).resolves.toMatch(/from=clinic/);
  await page.goto(`${api.url}/`);
  await expect(page.getAttribute('#held-by-window', 'href')).resolves.not.toMatch(/from=/);
});

it('keeps an app’s metadata apart from what is known', async () => {
  await enqueue({ id: 'inv-1', metadata: { From: 'warehouse 7', Expires: 'never' } });
  const page = await visit('/deliveries/shop/inv-1');
  const section = (head: string) => page.textContent(`section[aria-labelledby="${head}"]`);
  expect(await section('metadata-head')).toMatch(/From\s*warehouse 7.*Expires\s*never/s);
  expect(await section('facts-head')).not.toMatch(/warehouse 7|never/);
});

it('says as of when a list and a conversation are, and reads them again', async () => {
  await enqueue({ id: 'inv-1' });
  for (const path of ['/deliveries?from=shop', `/conversations/shop/${TO}`]) {
    const page = await visit(path);
    expect(await page.textContent('.asof')).toMatch(/^As of .* UTC$/);
    const id = `inv-${path.length}`;
    await enqueue({ id });
    await page.waitForSelector(`a.id:text-is("${id}")`, { timeout: 30_000 });
  }
});

it('refuses a status that there is none of, rather than show everything', async () => {
  await enqueue({ id: 'inv-1' });
  for (const status of ['Held', 'pending', 'held,failed']) {
    const page = await visit(`/deliveries?status=${status}`);
    expect(await page.textContent('main')).toContain('Status must be one of queued, waiting, held');
    expect(await page.textContent('main')).not.toContain('inv-1');
  }
});

it('says of a running account that its callbacks are off, or its budget used up', async () => {
  const budget = { perDay: 1 };
  await api.close();
  const accounts = JSON.stringify([{ ...SHOP, budget }]);
  api = await startApi(redis.url, { keys: KEYS, env: { WAYBILL_ACCOUNTS: accounts } });
  const { sandbox, waybill } = await work({
    account: { budget },
    sandbox: { windowsOpen: true },
  });
  const { id } = await waybill.enqueue(requestTo(TO));
  await waybill.wait(id, 'accepted', { timeoutMs: 20_000 });
  const page = await visit('/accounts/shop');
  const says = (words: RegExp) =>
    eventually(async () => words.test((await page.textContent('.verdict')) ?? ''), {
      timeoutMs: 30_000,
      what: String(words),
    });
  // The sandbox repeats no callback unless it is asked to.
  await says(/Webhook misconfigured.*retry is off/);
  expect(await page.textContent('.verdict')).not.toContain('Running');
  await redis.client.del('waybill:webhook-checks');
  await page.goto(`${api.url}/`);
  await eventually(async () => /Budget used up/.test((await page.textContent('.accounts')) ?? ''), {
    timeoutMs: 30_000,
  });
  expect(sandbox.accepted()).toHaveLength(1);
});

it('draws what a paused account has queued as held', async () => {
  await api.call('POST', '/v1/accounts/shop/pause', { body: { reason: 'price list' } });
  await enqueue({ id: 'inv-1' });
  await enqueue({ id: 'inv-2' });
  await enqueue({ id: 'inv-3', to: '972501234568', priority: 'low' });
  const page = await visit('/');
  const legend = (await page.textContent('.legend')) ?? '';
  expect(legend).toMatch(/Sent, or being sent\s*0/);
  expect(legend).toMatch(/Queued\s*0Waiting\s*1Held\s*2/);
});

it('can be walked by keyboard alone', async () => {
  await enqueue({ id: 'inv-1' });
  const page = await visit('/');
  await page.keyboard.press('Tab');
  await expect(page.evaluate('document.activeElement.className')).resolves.toBe('skip');
  await page.keyboard.press('Enter');
  await expect(page.evaluate('document.activeElement.id')).resolves.toBe('content');
  await page.focus('#search');
  await page.keyboard.type('inv-1');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/deliveries\/shop\/inv-1/);
  await tabTo(page, 'Cancel…');
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/cancel/);
  await tabTo(page, 'Cancel the delivery');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice');
  await expect(statusOf('inv-1')).resolves.toBe('cancelled');
});

async function tabTo(page: Page, words: string): Promise<void> {
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press('Tab');
    if (String(await page.evaluate('document.activeElement.textContent')).includes(words)) return;
  }
  throw new Error(`no Tab leads to ${words}`);
}

it('does all of it without JavaScript', async () => {
  await enqueue({ id: 'inv-1' });
  const page = await visit('/', { javaScriptEnabled: false });
  await page.fill('#search', 'inv-1');
  await page.click('text=Find');
  await page.click('button:has-text("Cancel…")');
  await page.click('button:has-text("Cancel the delivery")');
  await expect(statusOf('inv-1')).resolves.toBe('cancelled');
  await page.goto(`${api.url}/accounts/shop`);
  await page.fill('#reason', 'holiday');
  await page.click('text=Pause shop');
  expect(await page.textContent('.verdict')).toContain('holiday');
});

it('draws the figures anew, and leaves the focus where it is', async () => {
  await enqueue({ id: 'inv-1' });
  const page = await visit('/');
  const due = () => page.locator('.figures > div').nth(1).textContent();
  await expect(due()).resolves.toMatch(/^Due now1/);
  await page.focus('#account-shop');
  await page.evaluate('document.getElementById("account-shop").dataset.old = ""');
  await enqueue({ id: 'inv-2', to: '972501234568' });
  await page.waitForSelector('#account-shop:not([data-old])', { timeout: 30_000 });
  await expect(page.evaluate('document.activeElement.id')).resolves.toBe('account-shop');
  await eventually(async () => /^Due now2/.test((await due()) ?? ''), { timeoutMs: 20_000 });
});

it('shows no button to who may look only, and refuses what they post', async () => {
  await enqueue({ id: 'inv-1' });
  const key = 'secret-of-the-looker';
  const page = await visit('/', { key });
  expect(await page.textContent('main')).not.toMatch(/Pause|Resume/);
  await page.goto(`${api.url}/deliveries/shop/inv-1`);
  expect(await page.locator('main button').count()).toBe(0);
  const confirm = await page.goto(`${api.url}/deliveries/shop/inv-1/cancel`);
  expect(confirm?.status()).toBe(403);
  const posted = await page.request.post(`${api.url}/deliveries/shop/inv-1/cancel`, { form: { token: 'x' } });
  expect(posted.status()).toBe(403);
  await expect(statusOf('inv-1')).resolves.toBe('queued');
});

describe('a form that is not ours', () => {
  const authorization = `Basic ${Buffer.from('anna:secret-of-the-boss').toString('base64')}`;
  const post = (headers: Readonly<Record<string, string>>, token: string) =>
    fetch(`${api.url}/deliveries/shop/inv-1/cancel`, {
      method: 'POST',
      redirect: 'manual',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ token }),
    });
  const tokenOf = async () => {
    const page = await fetch(`${api.url}/deliveries/shop/inv-1/cancel`, { headers: { authorization } });
    return /name="token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  };

  it('is refused when another site sent it, or nobody says who did', async () => {
    await enqueue({ id: 'inv-1' });
    const token = await tokenOf();
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site', origin: 'https://evil.example' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
    ]) {
      expect((await post(headers, token)).status).toBe(403);
    }
    await expect(statusOf('inv-1')).resolves.toBe('queued');
  });

  it('is refused without its token, and taken with it', async () => {
    await enqueue({ id: 'inv-1' });
    const token = await tokenOf();
    const ours = { origin: api.url };
    expect((await post(ours, '')).status).toBe(403);
    expect((await post(ours, `${token}x`)).status).toBe(403);
    expect((await post(ours, token)).status).toBe(303);
    await expect(statusOf('inv-1')).resolves.toBe('cancelled');
  });
});

it('takes what people write as text', async () => {
  const caption = '<script>globalThis.hit = 1</script><img src=x onerror="globalThis.hit = 1">"\'&';
  await enqueue({ id: 'inv-1', caption, metadata: { 'a"b': '<b onmouseover=alert(1)>' } });
  await api.call('POST', '/v1/accounts/shop/pause', {
    body: { reason: '<svg onload="globalThis.hit = 1">' },
  });
  const page = await visit('/deliveries/shop/inv-1');
  await expect(page.textContent('.caption')).resolves.toBe(caption);
  expect(await page.textContent('main')).toContain('<b onmouseover=alert(1)>');
  await page.goto(`${api.url}/`);
  expect(await page.textContent('.accounts')).toContain('<svg onload=');
  await page.goto(`${api.url}/search?q=${encodeURIComponent('"><script>globalThis.hit = 1</script>')}`);
  await expect(page.inputValue('#search')).resolves.toContain('<script>');
  await page.goto(`${api.url}/deliveries?reason=${encodeURIComponent('"><img src=x onerror=hit=1>')}`);
  await expect(page.evaluate('"hit" in globalThis')).resolves.toBe(false);
});

it('lets nothing in from elsewhere', async () => {
  const authorization = `Basic ${Buffer.from('anna:secret-of-the-boss').toString('base64')}`;
  const { headers } = await fetch(`${api.url}/`, { headers: { authorization } });
  expect(headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
  );
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
  expect(headers.get('x-frame-options')).toBe('DENY');
  const nobody = await fetch(`${api.url}/`);
  expect(nobody.status).toBe(401);
  expect(nobody.headers.get('www-authenticate')).toMatch(/^Basic /);
});

describe('with many accounts and deliveries', () => {
  const names = Array.from({ length: 200 }, (_, at) => ({
    from: String(972_772_000_000 + at),
    name: `branch-${100 + at}`,
    apiKey: `key-${at}`,
  }));

  it('shows 200 accounts page by page, and 10,000 deliveries', async () => {
    await api.close();
    api = await startApi(redis.url, { keys: KEYS, env: { WAYBILL_ACCOUNTS: JSON.stringify(names) } });
    await fill(10_000);
    const page = await visit('/');
    // A page that Redis did not answer in time for comes by itself.
    await page.locator('.accounts tbody tr').nth(24).waitFor();
    expect(await page.locator('.accounts tbody tr').count()).toBe(25);
    expect(await page.textContent('.figures')).toContain('10,000');
    expect(await page.textContent('figcaption')).toContain('10,000');
    await page.click('#accounts-after');
    expect(await page.textContent('.accounts .pager')).toContain('26–50 of 200');
    await page.fill('#filter', 'branch-299');
    await page.press('#filter', 'Enter');
    await page.waitForURL(/filter=branch-299/);
    expect(await page.locator('.accounts tbody tr').count()).toBe(1);
    await page.goto(`${api.url}/deliveries`);
    expect(await page.locator('tbody tr').count()).toBe(50);
    const first = await page.textContent('tbody th');
    await page.click('text=Older');
    expect(await page.locator('tbody tr').count()).toBe(50);
    expect(await page.textContent('tbody th')).not.toBe(first);
  });

  it('asks Redis for as much as one page needs, however many look', async () => {
    await api.close();
    api = await startApi(redis.url, { keys: KEYS, env: { WAYBILL_ACCOUNTS: JSON.stringify(names) } });
    const authorization = `Basic ${Buffer.from('anna:secret-of-the-boss').toString('base64')}`;
    const look = () => fetch(`${api.url}/`, { headers: { authorization } });
    await look();
    const [before, begun] = [await scripts(), performance.now()];
    await Promise.all(Array.from({ length: 10 }, look));
    // What is read counts for two seconds.
    const readings = 1 + Math.ceil((performance.now() - begun) / 2000);
    expect((await scripts()) - before).toBeLessThanOrEqual(names.length * readings);
  });

  async function fill(count: number): Promise<void> {
    for (let start = 0; start < count; start += 1000) {
      const body = Array.from({ length: 1000 }, (_, at) => ({
        from: names[(start + at) % 40]?.name,
        to: String(972_500_000_000 + start + at),
        fileUrl: 'https://files.example.com/invoice.pdf',
      }));
      const { status } = await api.call('POST', '/v1/deliveries/batch', { body });
      expect(status).toBe(200);
    }
  }

  async function scripts(): Promise<number> {
    const stats = await redis.client.info('commandstats');
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]);
  }
});

describe('has no serious fault for those who cannot see well', () => {
  const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  const LOOKS = [
    { width: 1280, colorScheme: 'light' },
    { width: 1280, colorScheme: 'dark' },
    { width: 320, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
  ] as const;
  type Found = {
    readonly violations: readonly {
      readonly id: string;
      readonly impact?: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  };

  it('on any page, at any width, light or dark', async () => {
    await lose('inv-1');
    await passHorizon(redis.client, FROM, ['inv-1']);
    await api.call('POST', '/v1/accounts/shop/pause', { body: { reason: 'שגוי' } });
    await enqueue({ id: 'inv-2', caption: 'שלום' });
    const page = await visit('/', { bypassCSP: true });
    for (const path of [
      '/',
      '/deliveries',
      '/deliveries/shop/inv-1',
      '/deliveries/shop/inv-1/sent',
      '/accounts/shop',
      `/conversations/shop/${TO}`,
      '/search?q=none',
    ]) {
      await page.goto(`${api.url}${path}`);
      await page.evaluate(AXE);
      for (const look of LOOKS) {
        const found = await seenAs(page, look);
        expect({ path, ...look, ...found }).toEqual({ path, ...look, grave: [], overflow: 0 });
      }
    }
  }, 240_000);

  async function seenAs(page: Page, { width, colorScheme }: (typeof LOOKS)[number]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = (await page.evaluate('axe.run()')) as Found;
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    return { grave: grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), overflow };
  }
});

describe('while Redis is away', () => {
  afterEach(() => redis.server.kill('SIGCONT'));
  const seen = (page: Page, words: string) =>
    eventually(async () => (await page.textContent('main'))?.includes(words), {
      timeoutMs: 30_000,
      what: words,
    });

  it('says of a page that stands open how old it is, until there is something newer', async () => {
    const page = await visit('/');
    await expect(page.textContent('#old')).resolves.toBe('');
    await redis.server.kill('SIGSTOP');
    await seen(page, 'nothing newer is to be had now');
    expect(await page.textContent('#old')).toMatch(/^This is how it was at \d\d:\d\d:\d\d UTC/);
    expect(await page.textContent('main')).toContain('shop');
    await redis.server.kill('SIGCONT');
    await eventually(async () => (await page.textContent('#old')) === '', { timeoutMs: 30_000 });
  });

  it('says so on a page that is opened meanwhile, which comes by itself when it can', async () => {
    await redis.server.kill('SIGSTOP');
    const page = await visit('/');
    await seen(page, 'Nothing can be shown until it is back');
    expect(await page.textContent('h1')).toBe('Redis cannot be reached');
    await redis.server.kill('SIGCONT');
    await page.waitForSelector('#live', { timeout: 30_000 });
  });

  it('does not claim that something was done of which nobody knows', async () => {
    const page = await visit('/accounts/shop');
    await redis.server.kill('SIGSTOP');
    await page.fill('#reason', 'wrong price list');
    await page.click('text=Pause shop');
    await seen(page, 'Nobody can say now whether this was done');
  });
});
