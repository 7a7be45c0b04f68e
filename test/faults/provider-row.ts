import { reached } from '../../src/domain/status.js';
import type { Delivery } from '../../src/index.js';
import { allOf } from '../support/fleet.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { compareWithBill } from './bill.js';
import { type Lab, type Row, scaled, withFleet } from './lab.js';
import { PROVIDER_FAULTS, type ProviderFault } from './provider-faults.js';
import { startTlsFront } from './tls-front.js';
import { denied, takenBy } from './verdict.js';

const TIMEOUT_MS = 120_000;
const PATH = '/whatsapp/v2';

export const PROVIDER: Row = {
  name: 'the provider fails in each way that is known',
  promise:
    'the outcome that the table tells, at most one accept, nothing that the provider saw called not sent; then retried, settled, failed or kept unknown as the table tells',
  run: (asked) => {
    const accounts = scaled(200, asked, 4);
    return withFleet(asked, { ...OPTIONS, accounts }, async (lab) => {
      const bench: Bench = { lab, ids: [], figures: {}, broken: [] };
      await failToConnect(bench);
      const worker = await lab.fleet.startWorker();
      for (const faults of PROVIDER_FAULTS) await meet(bench, faults);
      await meetUnread(bench);
      await judgeAll(bench);
      await worker.close();
      return { figures: bench.figures, broken: bench.broken };
    });
  },
};

const OPTIONS = {
  workers: 0,
  env: { WAYBILL_SEND_TIMEOUT_MS: '4000', WAYBILL_MAX_ATTEMPTS: '100' },
  timings: { firstProbeMs: 500 },
};

type Bench = {
  readonly lab: Lab;
  /** Of all deliveries so far. */
  readonly ids: string[];
  readonly figures: Record<string, string | number>;
  readonly broken: string[];
};

type Expected = { readonly name: string; readonly outcome: string | readonly string[] };

/** Workers that cannot connect, or only after 3 s; then one that can, for what they could not send. */
async function failToConnect(bench: Bench): Promise<void> {
  const { sandbox } = bench.lab.fleet;
  const target = Number(new URL(sandbox.url).port);
  const nobody = await startTcpProxy(target, () => ({}));
  await nobody.close();
  const [front, slow] = [await startTlsFront(target, 0), await startTlsFront(target, 3000)];
  const [trusts, sees] = [
    { WAYBILL_PROVIDER_CA_FILE: slow.caFile },
    `https://localhost:${front.port}${PATH}`,
  ];
  const ways = [
    ['refused', 'not_sent refused', { WAYBILL_PROVIDER_URL: `http://127.0.0.1:${nobody.port}${PATH}` }],
    // A resolver that is asked 200 times at once may not have answered each by the end of its attempt.
    [
      'DNS',
      ['not_sent dns', 'not_sent connect_timeout'],
      { WAYBILL_PROVIDER_URL: `https://nowhere.invalid${PATH}` },
    ],
    ['TLS', 'not_sent tls', { WAYBILL_PROVIDER_URL: sees }],
    [
      'connect 3 s',
      'accepted ok',
      { ...trusts, ...UNHURRIED, WAYBILL_PROVIDER_URL: `https://localhost:${slow.port}${PATH}` },
    ],
  ] as const;
  try {
    for (const [name, outcome, env] of ways) await meetWith(bench, { name, outcome }, env);
    if (front.used() > 0) bench.broken.push('a request went to a certificate that nobody trusts');
  } finally {
    await Promise.all([front.close(), slow.close()]);
  }
}

/** 200 handshakes after those 3 s take this machine seconds of their own. */
const UNHURRIED = { WAYBILL_SEND_TIMEOUT_MS: '15000' };

/** The attempts of such a worker are not so many that the breaker closes the gates. */
const PATIENT = { WAYBILL_RETRY_BASE_MS: '3000', WAYBILL_RETRY_CAP_MS: '3000' };

async function meetWith(bench: Bench, fault: Expected, env: Readonly<Record<string, string>>): Promise<void> {
  const { waybill, startWorker } = bench.lab.fleet;
  const worker = await startWorker({ ...PATIENT, ...env });
  const ids = await enqueue(bench, fault.name);
  note(bench, fault, await attempted(bench, ids));
  await worker.close();
  const able = await startWorker();
  await allOf(waybill, ids, { until: isTaken, timeoutMs: TIMEOUT_MS });
  await able.close();
}

/** One delivery of each account meets each of the faults; then each account has a good one. */
async function meet(bench: Bench, faults: readonly ProviderFault[]): Promise<void> {
  const { sandbox, waybill } = bench.lab.fleet;
  const met = faults.map(async (fault) => {
    const ids = await enqueue(bench, fault.name, (to, index) =>
      sandbox.fault({ ...fault.order(index % 2 === 0), to }),
    );
    note(bench, fault, await attempted(bench, ids));
    if (fault.outcome.startsWith('window_closed')) for (const id of ids) reply(bench.lab, id);
    await allOf(waybill, ids, { until: (view) => hasEnded(bench, fault, view), timeoutMs: TIMEOUT_MS });
  });
  await Promise.all(met);
  await recover(bench, faults.map(({ name }) => name).join());
}

/** Nobody knows whose request a reset meets that comes before anything was read. */
async function meetUnread(bench: Bench): Promise<void> {
  const { sandbox, froms } = bench.lab.fleet;
  const name = 'reset before reading';
  sandbox.fault({ kind: 'reset_before_reading', times: froms.length });
  const ids = await enqueue(bench, name);
  note(bench, { name, outcome: 'unknown reset' }, await attempted(bench, ids));
  await recover(bench, name);
}

/** A good answer for each account: its breaker forgets, and a gate that is shut would show. */
async function recover(bench: Bench, after: string): Promise<void> {
  const ids = await enqueue(bench, `after ${after}`);
  await allOf(bench.lab.fleet.waybill, ids, { until: isTaken, timeoutMs: TIMEOUT_MS });
}

/** One delivery of each account, to a client of its own. */
async function enqueue(
  { lab, ids: all }: Bench,
  name: string,
  order: (to: string, index: number) => void = () => undefined,
): Promise<readonly string[]> {
  const { froms, waybill } = lab.fleet;
  const requests = froms.map((from, index) => {
    const id = `${name.replaceAll(/\W/g, '-')}.${index}`;
    const to = String(972_520_000_000 + all.length + index);
    order(to, index);
    return { from, id, to, fileUrl: `https://files.example.com/${id}.pdf`, caption: id };
  });
  const ids = requests.map(({ id }) => id);
  all.push(...ids);
  for (const request of requests) await waybill.enqueue(request);
  return ids;
}

/** Each of them once its first attempt has ended. */
function attempted({ lab }: Bench, ids: readonly string[]): Promise<readonly Delivery[]> {
  return allOf(lab.fleet.waybill, ids, {
    until: ({ attempts }) => attempts.length > 0,
    timeoutMs: TIMEOUT_MS,
  });
}

function note({ figures, broken }: Bench, { name, outcome }: Expected, views: readonly Delivery[]): void {
  const seen = views.map(({ attempts: [first] }) => `${first?.outcome} ${first?.reason}`);
  figures[name] = `${seen.length} ${[...new Set(seen)].join(' / ')}`;
  const others = seen.filter((each) => ![outcome].flat().includes(each));
  if (others.length > 0)
    broken.push(`${name}: ${others.length} × ${others[0]}, not ${[outcome].flat().join(' or ')}`);
}

function reply({ fleet }: Lab, id: string): void {
  const [seen] = fleet.sandbox.requests().filter(({ fields }) => fields?.caption === id);
  const { to, from } = { to: String(seen?.fields?.to), from: String(seen?.fields?.from) };
  fleet.sandbox.reply(to, 'yes', { from });
}

function hasEnded({ lab }: Bench, { end }: ProviderFault, { id, status }: Delivery): boolean {
  if (end === 'failed') return status === 'failed';
  if (end === 'accepted') return reached(status, 'accepted');
  return reached(status, 'accepted') === lab.fleet.sandbox.acceptedTimes({ caption: id }) > 0;
}

function isTaken({ status }: Delivery): boolean {
  return reached(status, 'accepted');
}

async function judgeAll({ lab, ids, figures, broken }: Bench): Promise<void> {
  const { sandbox, waybill } = lab.fleet;
  const views = await allOf(waybill, ids, { until: () => true, timeoutMs: TIMEOUT_MS });
  const taken = takenBy(sandbox.accepted());
  const twice = [...taken.values()].filter((uniques) => uniques.length > 1).length;
  const off = await compareWithBill(lab.fleet, views);
  Object.assign(figures, { deliveries: ids.length, twice, denied: denied(sandbox, views), ...off });
  if (twice > 0) broken.push(`${twice} accepted twice`);
  if (denied(sandbox, views) > 0) broken.push('called not sent what the provider saw');
  if (off.ledgerOff > 0) broken.push(`the ledger is not the bill in ${off.ledgerOff} conversations`);
}
