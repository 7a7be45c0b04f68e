import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigError } from '../../src/errors.js';
import type { ReceivedBody } from '../../src/webhooks/keep.js';
import { readLines, type SpooledBody, writeLine } from '../../src/webhooks/spool/line.js';
import { type OpenSpool, openSpool } from '../../src/webhooks/spool/open.js';
import { SpoolFullError } from '../../src/webhooks/spool/spool.js';
import { INBOUND, UPDATE } from './samples.js';

let root: string;
let clock: number;
const open: OpenSpool[] = [];

beforeEach(async () => {
  clock = 0;
  root = join(await mkdtemp(join(tmpdir(), 'waybill-spool-')), 'spool');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((spool) => spool.close()));
  await rm(join(root, '..'), { recursive: true });
});

const timings = { aliveEveryMs: 0, deadAfterMs: 1000, replayEveryMs: 0 };
const body = (text: string, at = 1): SpooledBody => ({ at, text });

async function start({ id = randomUUID() as string, limitBytes = 1_000_000 } = {}) {
  const told = { spooled: 0, bytes: -1, results: [] as string[] };
  const observer = {
    spooled: (bodies: number) => void Object.assign(told, { spooled: told.spooled + bodies }),
    measured: (bytes: number) => void Object.assign(told, { bytes }),
  };
  const spool = await openSpool({
    root,
    id,
    limitBytes,
    now: Date.now,
    monotonic: () => clock,
    timings,
    observer,
  });
  open.push(spool);
  const replay = async (apply: (received: ReceivedBody) => Promise<void>, stopped = () => false) =>
    spool.replay({
      apply,
      stopped,
      observer: { replayed: (result, bodies) => void told.results.push(...Array(bodies).fill(result)) },
    });
  /** What is replayed, in order. */
  const texts = async () => {
    const applied: string[] = [];
    await replay(async ({ text }) => void applied.push(text));
    return applied;
  };
  return { spool, folder: join(root, id), told, replay, texts };
}

async function files(folder: string, ending = '.spool'): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

describe('a line', () => {
  const bodies = fc.array(fc.record({ at: fc.nat(), text: fc.string({ unit: 'binary' }) }), { maxLength: 5 });

  test('is read as it was written, whatever the text', () => {
    fc.assert(
      fc.property(bodies, (written) => {
        expect(readLines(Buffer.concat(written.map(writeLine)))).toEqual({ bodies: written, damaged: 0 });
      }),
    );
  });

  test('that was torn is not there, and those before it are', () => {
    const lines = [writeLine(body('first')), writeLine(body('ünfinished', 2))];
    const all = Buffer.concat(lines);
    const [length = 0] = lines.map((line) => line.length);
    for (let cut = length; cut < all.length; cut += 1) {
      expect(readLines(all.subarray(0, cut))).toEqual({ bodies: [body('first')], damaged: 0 });
    }
  });

  test('that was damaged is counted, and the others are there', () => {
    const all = Buffer.concat(['first', 'second', 'third'].map((text) => writeLine(body(text))));
    all.write('X', writeLine(body('first')).length + 12);
    expect(readLines(all)).toEqual({ bodies: [body('first'), body('third')], damaged: 1 });
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => expect(readLines(Buffer.from(bytes)).bodies).toEqual([])),
    );
  });
});

describe('what waits', () => {
  test('is replayed in the order in which it came, and then it is gone', async () => {
    const { spool, folder, told, texts } = await start();
    const sent = Array.from({ length: 500 }, (_, index) => `body ${index}`);
    await Promise.all(sent.map((text) => spool.append(body(text))));
    expect(told.spooled).toBe(500);
    expect(told.bytes).toBeGreaterThan(500 * 15);
    await expect(texts()).resolves.toEqual(sent);
    await expect(files(folder)).resolves.toEqual([]);
    expect(told).toMatchObject({ bytes: 0, results: Array(500).fill('replayed') });
    await expect(texts()).resolves.toEqual([]);
  });

  test('is for our eyes only', async () => {
    const { spool, folder } = await start();
    await spool.append(body('private'));
    const modes = await Promise.all([folder, ...(await files(folder))].map((path) => stat(path)));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
  });

  test('may come while the rest is replayed, and is replayed after it', async () => {
    const { spool, replay } = await start();
    await spool.append(body('early'));
    const applied: string[] = [];
    await replay(async ({ text }) => {
      if (text === 'early') await spool.append(body('late'));
      applied.push(text);
    });
    expect(applied).toEqual(['early', 'late']);
  });

  test('fills several files when it is much, and keeps its order', async () => {
    const { spool, folder, texts } = await start({ limitBytes: 10_000_000 });
    const sent = Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(100_000)}`);
    for (const text of sent) await spool.append(body(text));
    expect((await files(folder)).length).toBeGreaterThan(3);
    await expect(texts()).resolves.toEqual(sent);
  });

  test('is read as it was when it came: a message without a time was written then', async () => {
    const { spool, replay } = await start();
    const { timestamp: _, ...undated } = INBOUND;
    await spool.append(body(JSON.stringify([undated, INBOUND, UPDATE]), 4711));
    const received: ReceivedBody[] = [];
    await replay(async (each) => void received.push(each));
    const [first] = received;
    const callbacks = first?.body.kind === 'callbacks' ? first.body.callbacks : [];
    // The second one's time is in the future of then.
    expect(
      callbacks.map(({ callback }) => (callback.kind === 'inbound' ? callback.timestamp : null)),
    ).toEqual([4711, 4711, null]);
  });

  test('waits on when the store fails, and is replayed whole the next time', async () => {
    const { spool, folder, replay, texts } = await start();
    for (const text of ['one', 'two', 'three']) await spool.append(body(text));
    await expect(replay(() => Promise.reject(new Error('Connection is closed.')))).rejects.toThrow('closed');
    await expect(files(folder)).resolves.toHaveLength(1);
    await expect(texts()).resolves.toEqual(['one', 'two', 'three']);
  });

  test('waits on when it is stopped', async () => {
    const { spool, folder, replay } = await start();
    await spool.append(body('one'));
    await replay(
      async () => undefined,
      () => true,
    );
    await expect(files(folder)).resolves.toHaveLength(1);
  });

  test.each([
    ['by the store', { error: new TypeError('a bug'), result: 'failed' }],
    ['since the disk has damaged it', { error: null, result: 'damaged' }],
  ])('is set aside when it is not taken %s, and holds up nothing', async (_name, { error, result }) => {
    const { spool, folder, told, replay } = await start();
    await spool.append(body('never taken'));
    await spool.append(body('good'));
    const [path = ''] = await files(folder);
    if (result === 'damaged') await damage(path);
    const applied: string[] = [];
    await replay(async ({ text }) => {
      if (error !== null && text === 'never taken') throw error;
      applied.push(text);
    });
    expect(applied).toEqual(['good']);
    expect(told.results.sort()).toEqual([result, 'replayed'].sort());
    await expect(files(folder)).resolves.toEqual([]);
    await expect(files(folder, '.aside')).resolves.toHaveLength(1);
    expect(told.bytes).toBeGreaterThan(0);
  });
});

async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes.write('X', 12);
  await writeFile(path, bytes);
}

describe('room', () => {
  test('is bounded, and there again when something was replayed', async () => {
    const { spool, texts } = await start({ limitBytes: 500 });
    const big = body('x'.repeat(300));
    await spool.append(big);
    await expect(spool.append(big)).rejects.toThrow(SpoolFullError);
    await texts();
    await expect(spool.append(big)).resolves.toBeUndefined();
  });

  test('is bounded also for those that come at a time', async () => {
    const { spool } = await start({ limitBytes: 700 });
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, () => spool.append(body('x'.repeat(300)))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  test('must be there at all: a folder that cannot be written is told by its setting', async () => {
    await writeFile(root, 'a file');
    const failure: unknown = await start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(String(failure)).toContain('WAYBILL_WEBHOOK_SPOOL: cannot be written to (E');
    await rm(root);
  });
});

describe('a folder that is shared', () => {
  test('is taken over from an owner who has said nothing for long, by one of the others', async () => {
    const dead = await start();
    const sent = Array.from({ length: 20 }, (_, index) => `${index}`);
    for (const text of sent) await dead.spool.append(body(text));
    const heirs = [await start(), await start()];
    for (const { spool } of heirs) await spool.tend();
    clock += 999;
    for (const { spool } of heirs) await spool.tend();
    for (const { texts } of heirs) await expect(texts()).resolves.toEqual([]);
    clock += 1;
    await Promise.all(heirs.map(({ spool }) => spool.tend()));
    const applied = await Promise.all(heirs.map(({ texts }) => texts()));
    expect(applied.flat()).toEqual(sent);
    await expect(readdir(root)).resolves.not.toContain(dead.folder.split('/').at(-1));
  });

  test('is not taken over from an owner who lives', async () => {
    const [owner, other] = [await start(), await start()];
    await owner.spool.append(body('mine'));
    for (let times = 0; times < 5; times += 1) {
      clock += 600;
      await owner.spool.tend();
      await other.spool.tend();
    }
    await expect(other.texts()).resolves.toEqual([]);
    await expect(owner.texts()).resolves.toEqual(['mine']);
  });

  test('is never seen without its owner’s word, by which others would think that it was left', async () => {
    await start();
    let opening = true;
    const unowned: string[] = [];
    const look = async () => {
      for (; opening; await new Promise(setImmediate)) {
        const folders = readdirSync(root).filter((name) => !name.startsWith('.'));
        unowned.push(...folders.filter((name) => !existsSync(join(root, name, 'alive'))));
      }
    };
    const looking = look();
    for (let times = 0; times < 20; times += 1) await start();
    opening = false;
    await looking;
    expect(unowned).toEqual([]);
    expect(readdirSync(root)).toHaveLength(21);
  });

  test('is taken over at once from an owner who has left', async () => {
    const owner = await start();
    await owner.spool.append(body('left behind'));
    await owner.spool.close();
    const heir = await start();
    await heir.spool.tend();
    await expect(heir.texts()).resolves.toEqual(['left behind']);
  });

  test('is left without a trace when nothing waits', async () => {
    const { spool } = await start();
    await spool.append(body('one'));
    await spool.replay({
      apply: async () => undefined,
      stopped: () => false,
      observer: { replayed: () => undefined },
    });
    await spool.close();
    await expect(readdir(root)).resolves.toEqual([]);
  });

  test('taken over from an owner who only slept, keeps what comes after it woke', async () => {
    const sleeper = await start();
    await sleeper.spool.append(body('before'));
    const heir = await start();
    await heir.spool.tend();
    clock += 1000;
    await heir.spool.tend();
    await sleeper.spool.append(body('after'));
    // The last one was written where the sleeper thought that it was at home, found taken, and written again.
    await expect(heir.texts()).resolves.toEqual(['before', 'after']);
    await expect(sleeper.texts()).resolves.toEqual(['after']);
    await sleeper.spool.append(body('once more'));
    await expect(sleeper.texts()).resolves.toEqual(['once more']);
  });

  test('taken over while its owner replays it, is nothing more to the owner', async () => {
    const { spool, folder, texts } = await start();
    await spool.append(body('taken'));
    const [path = ''] = await files(folder);
    await mkdir(join(root, 'heir'));
    await rename(path, join(root, 'heir', 'taken'));
    await expect(texts()).resolves.toEqual([]);
    await spool.append(body('next'));
    await expect(texts()).resolves.toEqual(['next']);
  });

  test('holds the torn last line of one that was killed in the middle of it', async () => {
    const dead = await start();
    await dead.spool.append(body('whole'));
    const [path = ''] = await files(dead.folder);
    await appendFile(path, writeLine(body('torn')).subarray(0, 15));
    await dead.spool.close();
    const heir = await start();
    await heir.spool.tend();
    await expect(heir.texts()).resolves.toEqual(['whole']);
    expect(heir.told.results).toEqual(['replayed']);
  });
});
