import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiLog } from '../answer.js';
import type { Api } from '../api.js';
import { setPageHeaders } from '../people.js';
import { createRefusalPage } from './refusal-page.js';
import { addAccountPages } from './routes/account-pages.js';
import { addCallbackPages } from './routes/callback-pages.js';
import { addDeliveryPages } from './routes/delivery-pages.js';
import { addEndpointPages } from './routes/endpoint-pages.js';
import { addListPages } from './routes/list-pages.js';
import type { PageOperations } from './routes/operations.js';
import { addOverviewPage } from './routes/overview-page.js';

/** The pages for the people on duty; who may see them is decided before. */
export function addPages(api: Api, operations: PageOperations, log: ApiLog): void {
  api.addHook('onRequest', setPageHeaders);
  api.setErrorHandler(createRefusalPage(log));
  api.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => {
      done(null, Object.fromEntries(new URLSearchParams(text.toString())));
    },
  );
  addOverviewPage(api, operations);
  addListPages(api, operations);
  addDeliveryPages(api, operations);
  addAccountPages(api, operations);
  addCallbackPages(api, operations);
  addEndpointPages(api, operations);
}

/** In the order in which their rules count. */
const STYLES = ['colours', 'base', 'frame', 'forms', 'marks', 'tables', 'overview', 'chart', 'details'];

/** What pages are made with; nothing in it is anybody's secret. To be added where no key is asked for. */
export function addPageFiles(api: Api): void {
  const read = (name: string) => readFileSync(join(__dirname, 'static', name), 'utf8');
  const files = [
    ['page.css', 'text/css; charset=utf-8', STYLES.map((style) => read(`${style}.css`)).join('\n')],
    ['page.js', 'text/javascript; charset=utf-8', read('page.js')],
    ['icon.svg', 'image/svg+xml', read('icon.svg')],
  ] as const;
  for (const [name, type, content] of files) {
    api.get(`/page/${name}`, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .type(type)
        .headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
        .send(content),
    );
  }
}
