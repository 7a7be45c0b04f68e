import { parseHttpUrl } from '../config/url.js';
import { UsageError } from './usage-error.js';

const EXPECTED = 'expected https://<your host>: /webhooks/<token> is added from WAYBILL_WEBHOOK_TOKEN';

/**
 * The whole address of our webhook consumer from what a person gave: its origin, the path up to `/webhooks`, or all of
 * it. Messages never repeat what was given, since it may hold the token. @throws UsageError
 */
export function webhookUrlOf(given: string, tokens: readonly string[]): string {
  const parsed = parseHttpUrl(given);
  if (!parsed.ok) throw wrong(parsed.problems.map(({ problem }) => problem).join('; '));
  const url = parsed.value;
  if (url.search !== '') throw wrong('has a query');
  const [, before = '', token] = /^(.*?)(?:\/webhooks(?:\/([^/]+))?)?\/*$/.exec(url.pathname) ?? [];
  if (token !== undefined) return withKnown(token, tokens, url.href.replace(/\/+$/, ''));
  const isOurs = before === '' || /\/webhooks\/*$/.test(url.pathname);
  if (!isOurs) throw wrong('has a path that does not end in /webhooks');
  const [newest] = tokens;
  if (newest === undefined) {
    throw new UsageError(
      'WAYBILL_WEBHOOK_TOKEN: is not set; expected the token that `waybill webhooks` runs with',
    );
  }
  return `${url.origin}${before}/webhooks/${newest}`;
}

/** Where this machine does not know the tokens, the person does. */
function withKnown(token: string, tokens: readonly string[], href: string): string {
  if (tokens.length > 0 && !tokens.includes(token))
    throw wrong('holds a token that is not in WAYBILL_WEBHOOK_TOKEN');
  return href;
}

function wrong(problem: string): UsageError {
  return new UsageError(`--url: ${problem}; ${EXPECTED}`);
}
