import { createBullBoard } from '@bull-board/api';
import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SECOND } from '../../domain/time.js';
import { type ApiLog, createErrorAnswer } from './answer.js';
import type { Api } from './api.js';
import { callerOf } from './guard.js';
import { createRefusalPage } from './page/refusal-page.js';
import { type Accounts, mayUse, type NamedAccount } from './scope.js';

export type BoardOperations = {
  readonly accounts: Accounts;
  /** @throws UnavailableError while Redis is away */
  readonly checkRedis: () => Promise<void>;
  /** Opens an account's queue for looking at; once for each account, and again where it is told to be of no use. */
  readonly boardQueue: (account: NamedAccount, onBroken: () => void) => BullMQAdapter;
};

export const BOARD = '/board';
/** The board asks for all of its queues every few seconds: it has these, and the one that is looked at. */
const MOST_QUEUES = 20;
/** It asks of each of them. Whether Redis is away at all is looked at before. */
export const BOARD_PATIENCE_MS = 5 * SECOND;
const POLL_SECONDS = (10 * SECOND) / SECOND;

const FILES = `${BOARD}/static/*`;
/** Where a browser goes; the rest is asked for by the page's script. */
const PAGES = ['', '/', '/queue/:queueName', '/queue/:queueName/:jobId'].map((route) => `${BOARD}${route}`);
const ASKED = ['', '/:queueName/:jobId', '/:queueName/:jobId/logs'].map(
  (route) => `${BOARD}/api/queues${route}`,
);
/** What may be asked of it; whatever else it can do is closed. */
const OPEN_ROUTES: readonly string[] = [...PAGES, FILES, ...ASKED];

/** `/board`: bull-board, to look at the queues of the key's accounts. Who may come in is decided before. */
export async function addBoard(
  api: Api,
  { accounts, checkRedis, boardQueue }: BoardOperations,
  log: ApiLog,
): Promise<void> {
  api.addHook('onRoute', (route) => {
    const isOpen = OPEN_ROUTES.includes(route.url) && [route.method].flat().every(isReading);
    // Its own would turn every refusal of ours into a 500.
    route.errorHandler = PAGES.includes(route.url) ? createRefusalPage(log) : createErrorAnswer(log);
    route.config = { ...route.config, roles: isOpen ? ['read', 'operate'] : [] };
  });
  const shown = new WeakMap<object, ReadonlySet<string>>();
  const opened = new Set<string>();
  const adapter = new FastifyAdapter().setBasePath(BOARD);
  const board = createBullBoard({ queues: [], serverAdapter: adapter, options: { uiConfig: LOOK } });
  api.addHook('preHandler', async (request) => {
    if (request.routeOptions.url === FILES) return;
    await checkRedis();
    const visible = (await accounts.all()).filter((account) => mayUse(callerOf(request), account));
    const chosen = chooseFor(request, visible);
    for (const account of chosen.filter(({ from }) => !opened.has(from))) {
      opened.add(account.from);
      const queue = boardQueue(account, () => {
        opened.delete(account.from);
        board.removeQueue(queue);
      });
      // A call that is not known here sees nothing.
      queue.setVisibilityGuard(({ headers }) => shown.get(headers)?.has(account.from) ?? false);
      board.addQueue(queue);
    }
    shown.set(request.headers, new Set(chosen.map(({ from }) => from)));
  });
  api.addHook('onRequest', setBoardHeaders);
  await api.register(adapter.registerPlugin(), { prefix: BOARD });
}

const LOOK = {
  boardTitle: 'Waybill’s queues',
  hideRedisDetails: true,
  hideDocsLink: true,
  showWorkers: false,
  showMetrics: false,
  pollingInterval: { showSetting: false, forceInterval: POLL_SECONDS },
  miscLinks: [{ text: 'On duty', url: '/' }],
};

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Those that come first by name, and the one that is looked at, if the key is for it. */
function chooseFor(
  { query, params }: FastifyRequest,
  visible: readonly NamedAccount[],
): readonly NamedAccount[] {
  const looked = [fieldOf(query, 'activeQueue'), fieldOf(params, 'queueName')].map(decoded);
  const byName = visible.toSorted((one, other) => one.name.localeCompare(other.name));
  return byName.filter(({ from }, at) => at < MOST_QUEUES || looked.includes(`{${from}}`));
}

function fieldOf(fields: unknown, name: string): string {
  const found = typeof fields === 'object' && fields !== null ? Object.entries(fields) : [];
  return String(found.find(([field]) => field === name)?.[1] ?? '');
}

/** The board encodes a queue’s name once more than the address does. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Nothing from elsewhere: the board goes without its web fonts. It writes styles into its elements. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
].join('; ');

async function setBoardHeaders(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({
    'content-security-policy': POLICY,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
}
