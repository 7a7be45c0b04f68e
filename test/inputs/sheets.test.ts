import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { inUtf8 } from '../../src/cli/bulk/encoding.js';
import { readCsv } from '../../src/cli/bulk/read-csv.js';
import { requestSchema } from '../../src/queue/request.js';
import { accountKeys } from '../../src/redis/keys.js';
import { runCli } from '../cli/cli-in-process.js';
import { withRedis } from '../support/redis.js';
import { FROM } from '../support/stack.js';

const redis = withRedis();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-sheets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ REDIS_URL: redis.url, WAYBILL_FROM: FROM, WAYBILL_PROVIDER_API_KEY: 'key-of-shop' });

function file(content: string | Uint8Array, name = 'sheet.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const enqueue = (content: string | Uint8Array, ...more: readonly string[]) =>
  runCli(['enqueue', '--csv', file(content), ...more], env());
const rejects = () => readFileSync(join(folder, 'sheet.csv.rejects.csv'), 'utf8');

async function requests(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const keys = await redis.client.keys(accountKeys('waybill', FROM).job('d-*'));
  const data = await Promise.all(keys.map((key) => redis.client.hget(key, 'data')));
  return data
    .map((text): Readonly<Record<string, unknown>> => JSON.parse(text ?? '{}'))
    .sort((one, other) => String(one.to).localeCompare(String(other.to)));
}

const LINK = 'https://files.example.com/7.pdf';
const TO = '972501234567';
const HEBREW = 'חשבונית 7, תודה';

/** The same two rows as each program saves them: a caption in Hebrew with a comma, and one with a quote and a line break. */
const SAVED: readonly (readonly [program: string, bytes: string | Buffer])[] = [
  [
    'Excel, CSV UTF-8: a byte order mark and CRLF',
    `\ufeffto,fileUrl,caption\r\n${TO},${LINK},"${HEBREW}"\r\n972501234568,${LINK},"15"" screen\nblack"\r\n`,
  ],
  [
    'Excel in German or Hebrew: semicolons',
    `\ufeffto;fileUrl;caption\r\n${TO};${LINK};${HEBREW}\r\n972501234568;${LINK};"15"" screen\nblack"\r\n`,
  ],
  [
    'Excel, Unicode Text: UTF-16LE and tabs',
    Buffer.from(
      `\ufeffto\tfileUrl\tcaption\r\n${TO}\t${LINK}\t"${HEBREW}"\r\n972501234568\t${LINK}\t"15"" screen\nblack"\r\n`,
      'utf16le',
    ),
  ],
  [
    'UTF-16BE with a byte order mark',
    Buffer.from(
      `\ufeffto;fileUrl;caption\r\n${TO};${LINK};${HEBREW}\r\n972501234568;${LINK};"15"" screen\nblack"\r\n`,
      'utf16le',
    ).swap16(),
  ],
  [
    'Excel, with sep= in the first line, an empty column and empty rows',
    `sep=;\r\nto;fileUrl;caption;;\r\n${TO};${LINK};${HEBREW};;\r\n;;;;\r\n972501234568;${LINK};"15"" screen\nblack";;\r\n;;;;\r\n`,
  ],
  [
    'LibreOffice: no mark, LF, every text quoted',
    `"to","fileUrl","caption"\n"${TO}","${LINK}","${HEBREW}"\n"972501234568","${LINK}","15"" screen\nblack"\n`,
  ],
  [
    'Google Sheets: CRLF, no end behind the last row, CRLF in cells',
    `to,fileUrl,caption\r\n${TO},${LINK},"${HEBREW}"\r\n972501234568,${LINK},"15"" screen\nblack"`,
  ],
  [
    'Numbers: a title row of blanks and a trailing empty column',
    `,,,\nto,fileUrl,caption,\n${TO},${LINK},"${HEBREW}",\n972501234568,${LINK},"15"" screen\nblack",\n`,
  ],
  [
    'Excel on an old Mac: CR alone',
    `\ufeffto,fileUrl,caption\r${TO},${LINK},"${HEBREW}"\r972501234568,${LINK},"15"" screen\nblack"\r`,
  ],
  [
    'a program that pads: blanks around cells and in front of quotes',
    `to , fileUrl,  "caption"\n ${TO} , ${LINK} , "${HEBREW}" \n972501234568,\t${LINK}, "15"" screen\nblack"  \n`,
  ],
  [
    'numbers kept as texts: formulas, quoted formulas, apostrophes, tabs',
    `To,File URL,Caption\n"=""${TO}""",${LINK},"${HEBREW}"\n'972501234568,="${LINK}","15"" screen\nblack"\n`,
  ],
  [
    'names in other cases, with spaces and underscores',
    `TO,file_url,  CAPTION\n="${TO}",${LINK},"${HEBREW}"\n"\t972501234568",${LINK},"15"" screen\nblack"\n`,
  ],
  [
    'line ends of several kinds in one file',
    `to,fileUrl,caption\r\n${TO},${LINK},"${HEBREW}"\n972501234568,${LINK},"15"" screen\nblack"\r`,
  ],
];

describe('waybill enqueue --csv', () => {
  it.each(SAVED)('reads a sheet as saved by %s', async (_program, bytes) => {
    expect(await enqueue(bytes)).toMatchObject({ code: 0, stdout: '2 taken\n' });
    expect(await requests()).toMatchObject([
      { to: TO, fileUrl: LINK, caption: HEBREW },
      { to: '972501234568', fileUrl: LINK, caption: '15" screen\nblack' },
    ]);
  });

  it('counts the empty rows and columns that it skips', async () => {
    const { stderr } = await enqueue(`to,fileUrl,,caption,\n,,,,\n${TO},${LINK},,Hi,\n\n , ,,,\n`);
    expect(stderr).toContain('skipped: 3 empty rows and 2 empty columns');
  });

  it.each([
    ['a comma', `to,fileUrl,caption\n${TO},${LINK},a;b\tc\n`, []],
    ['a semicolon', `to;fileUrl;caption\n${TO};${LINK};a,b\tc\n`, []],
    ['a tab', `to\tfileUrl\tcaption\n${TO}\t${LINK}\ta,b;c\n`, []],
    ['a quoted header that holds others', `"to";"fileUrl";"metadata.a,b,c"\n${TO};${LINK};1\n`, []],
    ['another, as it is told', `to|fileUrl|caption\n${TO}|${LINK}|a,b;c\n`, ['--delimiter', '|']],
    ['a tab, by its name', `to\tfileUrl\n${TO}\t${LINK}\n`, ['--delimiter', 'tab']],
    ['a semicolon, against sep=', `sep=,\nto;fileUrl\n${TO};${LINK}\n`, ['--delimiter', ';']],
    ['sep= with quotes', `"sep=;"\nto;fileUrl\n${TO};${LINK}\n`, []],
  ])('finds out that the delimiter is %s', async (_what, text, more) => {
    expect(await enqueue(text, ...more)).toMatchObject({ code: 0, stdout: '1 taken\n' });
  });

  it.each<[what: string, row: string, reason: RegExp]>([
    ['a cell too many', `${TO},${LINK},Hi,more`, /line 3: has 4 cells where the first row has 3/],
    ['a cell too few', `${TO},${LINK}`, /line 3: has 2 cells where the first row has 3/],
    ['a quote that is not closed', `${TO},${LINK},"Hi`, /line 3: a quote is opened and not closed/],
    ['text behind a quote', `${TO},${LINK},"Hi" there`, /line 3: there is text behind a closing quote/],
    ['a quote inside of quotes', `${TO},${LINK},"Hi "you" there"`, /line 3: there is text behind a closing/],
    ['an error of Excel', `${TO},${LINK},#N/A`, /line 3: caption is the error #N\/A/],
    ['a lost character', `${TO},${LINK},a\ufffdb`, /line 3: caption holds a character that was lost/],
    ['no number', `#REF!,${LINK},Hi`, /line 3: to is the error #REF!/],
    ['what is no link', `${TO},a"b",Hi`, /line 3: fileUrl /],
    ['a row that is too long', `${TO},${LINK},${'x'.repeat(70_000)}`, /line 3: is longer than 65536 bytes/],
    [
      'a long row that begins with a quote',
      `${TO},${LINK},"${'x'.repeat(200_000)}`,
      /line 3: is longer than/,
    ],
  ])('rejects one row for %s, and takes the others', async (_what, row, reason) => {
    const [before, after] = ['972500000001', '972500000009'].map((to) => `${to},${LINK},"Hi, ""Ada"""`);
    const { code, stdout } = await enqueue(`to,fileUrl,caption\n${before}\n${row}\n${after}\n`);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringMatching(/^2 taken\n1 refused/) });
    expect(rejects()).toMatch(reason);
    expect(await requests()).toMatchObject([{ to: '972500000001' }, { to: '972500000009' }]);
  });

  it('rejects the one row of many that is not UTF-8, and its text is not taken from the rejects', async () => {
    const rows = (from: number) =>
      Array.from(
        { length: 20 },
        (_, row) => `${972_500_000_000 + from + row},${LINK},${HEBREW.replace(',', '')}\n`,
      );
    const bytes = Buffer.concat([
      Buffer.from(`to,fileUrl,caption\n${rows(0).join('')}`),
      Buffer.from(`${TO},${LINK},caf\xe9\n`, 'latin1'),
      Buffer.from(rows(100).join('')),
    ]);
    expect(await enqueue(bytes)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^40 taken\n1 ref/),
    });
    const again = await runCli(['enqueue', '--csv', join(folder, 'sheet.csv.rejects.csv')], env());
    expect(again).toMatchObject({ code: 1, stdout: expect.stringMatching(/^0 taken\n1 refused/) });
  });

  it('does not let an unclosed quote hide the rows behind it, though another one seems to close it', async () => {
    const text = [
      'to,fileUrl,caption',
      `972500000001,${LINK},"Hi`,
      `972500000002,${LINK},Hi`,
      `972500000003,${LINK},15"`,
      '',
    ];
    expect(await enqueue(text.join('\n'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^2 taken\n1 refused/),
    });
    expect(await requests()).toMatchObject([{ to: '972500000002' }, { to: '972500000003', caption: '15"' }]);
  });

  it('takes a first cell of several lines as one, though the rest of its row stands on the last of them', async () => {
    const captions = ['Hi,\nyour invoice\n', 'one\r\ntwo', 'say "hi"\nand "bye"', '\n'];
    const rows = captions.map((caption, at) => [caption, `97250123456${at}`, LINK, 'note\nof two lines']);
    await enqueue(stringify([['caption', 'to', 'fileUrl', 'metadata.note'], ...rows]));
    expect((await requests()).map(({ to }) => to)).toEqual(rows.map(([, to]) => to));
  });

  it('refuses what is refused again, with one reason, until it is corrected, whatever the delimiter', async () => {
    await enqueue(`to;fileUrl;caption\n${TO};${LINK};"Hi\n12;${LINK};a,b\n`);
    const path = join(folder, 'sheet.csv.rejects.csv');
    const first = rejects();
    await runCli(['enqueue', '--csv', path, '--rejects', join(folder, 'again.csv')], env());
    expect(readFileSync(join(folder, 'again.csv'), 'utf8').match(/line \d/g)).toHaveLength(2);
    expect(first.split('\n')[0]).toBe('rejectReason;to;fileUrl;caption');
    writeFileSync(path, first.replace(/;12;/, `;${TO};`));
    expect(await runCli(['enqueue', '--csv', path], env())).toMatchObject({
      stdout: expect.stringMatching(/^1 taken\n1 refused/),
    });
  });

  it('takes rows without their last empty cells where Excel leaves those out: behind 16 rows', async () => {
    const rows = Array.from({ length: 20 }, (_, row) => `${972_500_000_000 + row},${LINK}`);
    const sheet = rows.map((row, index) => (index < 15 ? `${row},Hi` : row));
    expect(await enqueue(`to,fileUrl,caption\n${sheet.join('\n')}\n`)).toMatchObject({
      stdout: '20 taken\n',
    });
  });

  it('refuses a short row in which the file ends', async () => {
    const rows = Array.from({ length: 20 }, (_, row) => `${972_500_000_000 + row},${LINK},Hi`);
    const cut = `${TO},https://files.example.com/7`;
    expect(await enqueue(`to,fileUrl,caption\n${rows.join('\n')}\n${cut}`)).toMatchObject({
      stdout: expect.stringMatching(/^20 taken\n1 refused/),
    });
  });

  it.each<[what: string, bytes: string | Buffer, words: RegExp]>([
    [
      'Windows-1255',
      Buffer.from('to,fileUrl,caption\n1,2,\xf9\xec\xe5\xed\n', 'latin1'),
      /line 2.*Windows-1255.*CSV UTF-8/,
    ],
    [
      'Windows-1252',
      Buffer.from('to,fileUrl,caption\n1,2,é\n', 'latin1'),
      /not UTF-8.*CSV UTF-8.*LibreOffice/,
    ],
    ['UTF-16 without a mark', Buffer.from('to,fileUrl\n', 'utf16le'), /UTF-16 without a mark.*CSV UTF-8/],
    ['UTF-32', Buffer.from('fffe000074000000', 'hex'), /UTF-32/],
    ['a workbook', Buffer.from('504b030414000600', 'hex'), /workbook \(\.xlsx.*CSV UTF-8/],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /workbook of an old Excel/],
    ['a compressed file', gzipSync('to,fileUrl\n'), /compressed/],
    ['nothing', '', /there is nothing in it/],
    ['a mark alone', '\ufeff', /there is nothing in it/],
    ['empty rows', ',,\n;;\n\n', /names no column to, fileUrl|nothing in it/],
    ['no header', `${TO},${LINK},Hi\n`, /the first row must name the columns, and this one holds data/],
  ])('says how to save what is %s, and takes nothing', async (_what, bytes, words) => {
    const { code, stdout, stderr } = await enqueue(bytes);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('run the same command again');
    expect(await requests()).toEqual([]);
  });

  it('says everything that is wrong with a header, and what to do', async () => {
    const { code, stderr } = await enqueue('to,To,Link,Name\n');
    expect(code).toBe(2);
    for (const words of [
      'the column to stands there twice',
      'no column fileUrl',
      'no column "Link"',
      'no column "Name"',
      '--map to=Phone --map fileUrl=Link',
    ]) {
      expect(stderr).toContain(words);
    }
    expect(stderr).not.toContain('run the same command again');
  });

  it('reads the columns that --map names, and says which others it leaves out', async () => {
    const sheet = `Phone;Name;Link;Order No;caption\n${TO};Ada;${LINK};A-7;Hi\n`;
    const { code, stdout, stderr } = await enqueue(
      sheet,
      ...['--map', 'to=phone', '--map', 'fileUrl=Link', '--map', 'metadata.order=Order No'],
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 taken\n' });
    expect(stderr).toContain('not read, since --map does not name them: Name');
    expect(await requests()).toMatchObject([
      { to: TO, fileUrl: LINK, caption: 'Hi', metadata: { order: 'A-7' } },
    ]);
  });

  it('says everything that is wrong with --map', async () => {
    const { code, stderr } = await enqueue(
      `Phone,Link\n${TO},${LINK}\n`,
      ...['--map', 'to=Telephone', '--map', 'link=Link', '--map', 'caption=Text'],
    );
    expect(code).toBe(2);
    for (const words of ['no column Telephone', 'there is no field link', 'no column Text']) {
      expect(stderr).toContain(words);
    }
  });

  it.each([
    [['--map', 'to'], '--map: must be field=column'],
    [['--delimiter', 'ab'], '--delimiter: must be one character'],
  ])('refuses %s', async (more, words) => {
    const { code, stderr } = await enqueue(`to,fileUrl\n${TO},${LINK}\n`, ...more);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
  });

  it('has a column for every field of a request', async () => {
    const { stderr } = await enqueue('x\n');
    const fields = Object.keys(requestSchema.shape).filter((field) => field !== 'metadata');
    for (const field of fields) expect(stderr).toMatch(new RegExp(`[ ,]${field}[.,]| ${field} and`));
    const cells = {
      onUnknown: 'hold',
      fileSizeBytes: '1000',
      strictOrder: 'yes',
      'template.variables': 'a | b',
    };
    const names = Object.keys(cells).join(',');
    await enqueue(`to,fileUrl,template.name,${names}\n${TO},${LINK},t,${Object.values(cells).join(',')}\n`);
    expect(await requests()).toMatchObject([
      {
        ...{ onUnknown: 'hold', fileSizeBytes: 1000, strictOrder: true },
        template: { name: 't', variables: ['a', 'b'] },
      },
    ]);
  });
});

describe('accounts, runs and lines', () => {
  const two = () => ({
    REDIS_URL: redis.url,
    WAYBILL_ACCOUNTS: JSON.stringify([
      { from: FROM, name: 'shop', apiKey: 'k' },
      { from: '972771234568', name: 'depot', apiKey: 'k' },
    ]),
  });
  const line = (more: object = {}) => `${JSON.stringify({ to: TO, fileUrl: LINK, ...more })}\n`;

  it.each([
    ['--csv', `to,fileUrl\n${`${TO},${LINK}\n`.repeat(3)}`],
    ['--ndjson', line().repeat(3)],
  ])('asks once for an account where a file of %s names none', async (kind, text) => {
    for (const more of [[], ['--dry-run']]) {
      const { code, stdout, stderr } = await runCli(['enqueue', kind, file(text), ...more], two());
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Name the account with --from: one of depot, shop');
      expect(stderr).not.toContain('again');
    }
  });

  it('rejects the one row that names no account where the others do', async () => {
    const path = file(`from,to,fileUrl\n,${TO},${LINK}\nshop,${TO},${LINK}\n`);
    expect(await runCli(['enqueue', '--csv', path], two())).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^1 taken\n1 refused/),
    });
  });

  it('counts what it skips without an id, and takes it in another run', async () => {
    const sheet = `to,fileUrl\n${TO},${LINK}\n`;
    await enqueue(sheet);
    const again = await enqueue(sheet);
    expect(again.stdout).toBe('0 taken\n1 the same again: nothing was added\n');
    expect(again.stderr).toContain('1 without an id had been taken before and were skipped');
    expect(again.stderr).toContain('--run NAME');
    expect((await enqueue(sheet, '--run', 'july')).stdout).toBe('1 taken\n');
    expect((await enqueue(sheet, '--run', 'july')).stderr).toContain('another --run');
    expect((await enqueue(sheet, '--run', 'july', '--dry-run')).stdout).toContain('1 have been taken before');
    const mine = `id,to,fileUrl\nmine,${TO},${LINK}\n`;
    await enqueue(mine);
    expect((await enqueue(mine)).stderr).not.toContain('--run');
  });

  it.each<[what: string, bytes: string | Buffer]>([
    ['a byte order mark and CRLF', `\ufeff${line().trim()}\r\n\r\n${line({ caption: 'é' })}`],
    ['UTF-16LE', Buffer.from(`\ufeff${line()}\n${line({ caption: 'é' })}`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`\ufeff${line()}\n${line({ caption: 'é' })}`, 'utf16le').swap16()],
    ['blank lines', `\n\n${line()}\n  \n${line({ caption: 'é' }).trim()}`],
  ])('reads lines with %s', async (_what, bytes) => {
    const path = file(bytes, 'lines.ndjson');
    expect(await runCli(['enqueue', '--ndjson', path], env())).toMatchObject({
      code: 0,
      stdout: '2 taken\n',
    });
  });
});

describe('readCsv', () => {
  async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  async function read(bytes: Buffer, size: number): Promise<readonly unknown[]> {
    const options = { map: [], delimiter: null };
    const all: unknown[] = [];
    for await (const some of readCsv(inUtf8(inChunks(bytes, size)), options, () => undefined).records) {
      all.push(...some.map((record) => ('request' in record ? record.request : record.error)));
    }
    return all;
  }

  const text = fc.string({
    unit: fc.constantFrom('a', 'ש', '🎉', ' ', ',', ';', '\t', '"', '\n', "'", '=', '1'),
  });
  const caption = text.map((each) => each.trim()).filter((each) => !/^=\s*"/.test(each));
  const rows = fc.array(fc.record({ to: fc.stringMatching(/^[1-9]\d{9}$/), caption }), { maxLength: 20 });
  const dialect = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t'),
    record_delimiter: fc.constantFrom('\n', '\r\n', '\r'),
    quoted: fc.boolean(),
    encoding: fc.constantFrom('utf8', 'utf8 with a mark', 'utf16le', 'utf16be'),
    emptyColumns: fc.nat(2),
    isEnded: fc.boolean(),
    size: fc.constantFrom(1, 2, 7, 64, 65_536),
  });

  function encode(written: string, encoding: string): Buffer {
    if (encoding === 'utf8') return Buffer.from(written);
    if (encoding === 'utf8 with a mark') return Buffer.from(`\ufeff${written}`);
    const bytes = Buffer.from(`\ufeff${written}`, 'utf16le');
    return encoding === 'utf16le' ? bytes : bytes.swap16();
  }

  it('reads the same requests out of any dialect, in chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(rows, dialect, async (given, { encoding, emptyColumns, isEnded, size, ...how }) => {
        const empty = Array.from({ length: emptyColumns }, () => '');
        const table = [
          ['to', 'fileUrl', 'caption', ...empty],
          ...given.map((row) => [row.to, LINK, row.caption, ...empty]),
        ];
        const written = stringify(table, { ...how, quoted_match: /["\n\r,;\t]|^\s|\s$/ });
        const whole = isEnded ? written : written.replace(/[\r\n]+$/, '');
        const expected = given.map(({ to, caption: said }) => ({
          ...{ to, fileUrl: LINK },
          ...(said === '' ? {} : { caption: said }),
        }));
        expect(await read(encode(whole, encoding), size)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('takes every good row, whatever stands in the lines between them', async () => {
    const noise = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '""', '\t') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(noise, { maxLength: 6 }),
        fc.constantFrom(1, 5, 1000),
        async (lines, size) => {
          const good = lines.map((_, row) => `${9_725_000_000 + row},${LINK},Hi`);
          const sheet = lines.flatMap((bad, row) => [bad, good[row] ?? '']);
          const found = await read(Buffer.from(['to,fileUrl,caption', ...sheet, ''].join('\n')), size);
          const links = found.filter((each) => JSON.stringify(each)?.includes('"caption":"Hi"'));
          expect(links).toHaveLength(good.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
