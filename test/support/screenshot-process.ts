import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Redis from 'ioredis';
import { startPrivateRedis } from '../../dev/private-redis.js';
import { openBrowser } from './chromium.js';
import { playDuty, spreadOverDay, startDutyStage } from './duty-stage.js';

/** Makes the README's picture anew; with a folder as its argument, one of each page in every look. */
async function main([folder]: readonly string[]): Promise<void> {
  const server = await startPrivateRedis();
  const client = new Redis(server.url);
  const stage = await startDutyStage({ url: server.url, client }, { keys: [ANNA] });
  const browser = await openBrowser();
  try {
    await playDuty(stage, client);
    await spreadOverDay(client);
    const looks = folder === undefined ? [README] : LOOKS;
    for (const { width, height, colorScheme, name } of looks) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        httpCredentials: { username: 'anna', password: ANNA.secret },
      });
      const page = await context.newPage();
      for (const [path, what] of folder === undefined ? PAGES.slice(0, 1) : PAGES) {
        await page.goto(`${stage.api.url}${path}`, { waitUntil: 'networkidle' });
        const file = folder === undefined ? 'docs/on-duty.png' : join(folder, `${what}-${name}.png`);
        if (folder !== undefined) mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: file, fullPage: folder !== undefined });
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await stage.close();
    client.disconnect();
    await server.stop();
  }
}

const ANNA = { name: 'anna', secret: 'secret-of-anna' };
const README = { width: 1280, height: 860, colorScheme: 'light', name: 'readme' } as const;
const LOOKS = [
  { width: 1280, height: 800, colorScheme: 'light', name: 'wide-light' },
  { width: 1280, height: 800, colorScheme: 'dark', name: 'wide-dark' },
  { width: 390, height: 844, colorScheme: 'light', name: 'phone-light' },
  { width: 390, height: 844, colorScheme: 'dark', name: 'phone-dark' },
] as const;
const PAGES = [
  ['/', 'home'],
  ['/deliveries/shop/invoice-2231', 'delivery'],
  ['/deliveries/shop/shop-1003', 'read'],
  ['/deliveries?status=held', 'list'],
  ['/accounts/clinic', 'account'],
  ['/deliveries/shop/invoice-2231/sent', 'confirm'],
  ['/conversations/travel/972520400013', 'conversation'],
] as const;

void main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
