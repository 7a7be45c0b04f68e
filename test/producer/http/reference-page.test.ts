import type { Browser, Page } from 'playwright-core';
import { BOSS, startApi, type TestApi } from '../../support/api.js';
import { openBrowser } from '../../support/chromium.js';
import { withRedis } from '../../support/redis.js';

const redis = withRedis();
let browser: Browser;
let api: TestApi;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  api = await startApi(redis.url);
});
afterEach(() => api.close());

/** What the browser complains of: refused styles, fonts, pictures and calls are among it. */
async function openReference(): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  await page.goto(`${api.url}/docs`);
  await page.waitForSelector('.opblock');
  return { page, complaints };
}

it('shows the reference and tries a call without a complaint of the browser', async () => {
  const { page, complaints } = await openReference();
  await page.click('#operations-deliveries-enqueueDelivery button');
  await page.click('.opblock-body .tablinks[data-name="model"]');
  await page.click('.authorize');
  await page.fill('.modal-ux input', BOSS.secret);
  await page.click('.modal-ux button[type="submit"]');
  await page.click('.modal-ux .close-modal');
  await page.click('#operations-accounts-listAccounts button');
  await page.click('#operations-accounts-listAccounts .try-out__btn');
  await page.click('#operations-accounts-listAccounts .execute');
  const answer = await page.textContent(
    '#operations-accounts-listAccounts .live-responses-table .highlight-code',
  );
  expect(answer).toContain('"shop"');
  expect(complaints).toEqual([]);
  await page.close();
});

it('names and shows no other project', async () => {
  const { page } = await openReference();
  await expect(page.title()).resolves.toBe('Waybill API');
  expect((await page.locator('body').allInnerTexts()).join('\n')).not.toMatch(/swagger|smartbear/i);
  expect(await page.locator('img, .topbar').count()).toBe(0);
  const icons = await page
    .locator('link[rel="icon"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  expect(icons).toHaveLength(1);
  const icon = await fetch(new URL(icons[0] ?? '', `${api.url}/docs`));
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  await page.close();
});

it.each(['/docs', '/docs/', '/docs/json', '/docs/static/swagger-ui-bundle.js', '/docs/static/nothing.js'])(
  'lets nothing in from elsewhere at %s',
  async (path) => {
    const { headers } = await fetch(`${api.url}${path}`);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
    );
  },
);
