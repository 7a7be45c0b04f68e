import { Option } from 'commander';
import { z } from 'zod';
import { type Client, faultsOfRequest } from '../../app/client.js';
import { keepHeapSmall } from '../../app/heap.js';
import { CLOSED_WINDOW_POLICIES, UNKNOWN_POLICIES } from '../../domain/account.js';
import { PRIORITIES } from '../../domain/delivery.js';
import { MEDIA_TYPES } from '../../domain/media.js';
import { ValidationError, type ValidationFault, WaybillError } from '../../errors.js';
import { enqueueFile } from '../bulk/enqueue-file.js';
import type { BulkFile } from '../bulk/file.js';
import { forecastFile } from '../bulk/forecast-file.js';
import type { CliContext } from '../context.js';
import { addCommand, type CommandHost, optionOf } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { warningInOptions } from '../in-options.js';
import { flag, fromOption, jsonOption, text } from '../options.js';
import { withClient } from '../with-client.js';

/** As people type it: numbers, such as epoch milliseconds, come as text too. What else is wrong is the request's to say. */
const numeric = text.transform((time) => (/^\d+$/.test(time) ? Number(time) : time));

/** Of a sheet: which of its columns holds which field. */
const columnMap = z
  .array(z.string().regex(/^[^=]+=./s, { error: 'must be field=column, for example to=Phone' }))
  .transform((lines) =>
    lines.map((line) => {
      const [field, column] = splitPair(line);
      return { field: field.trim(), column: column.trim() };
    }),
  );

const NAMED_DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['\\t', '\t'],
]);

const delimiter = z
  .string()
  .transform((name) => NAMED_DELIMITERS.get(name.toLowerCase()) ?? name)
  .pipe(z.string().regex(/^[^\w"\r\n]$/, { error: 'must be one character, comma, semicolon or tab' }));

const fields = z.object({
  from: text.optional(),
  to: text.optional(),
  file: text.optional(),
  csv: text.optional(),
  ndjson: text.optional(),
  map: columnMap.optional(),
  delimiter: delimiter.optional(),
  rejects: text.optional(),
  run: text.max(64, { error: 'must be of 64 characters at most' }).optional(),
  dryRun: flag,
  id: text.optional(),
  caption: z.string().optional(),
  replyTo: text.optional(),
  mediaType: text.optional(),
  sendAt: numeric.optional(),
  expiresAt: numeric.optional(),
  priority: text.optional(),
  onClosedWindow: text.optional(),
  onUnknown: text.optional(),
  fileSizeBytes: numeric.optional(),
  template: text.optional(),
  templateLanguage: numeric.optional(),
  templateVariable: z.array(z.string()).optional(),
  localStorage: flag,
  showRequest: flag,
  strictOrder: flag,
  metadata: z.array(z.string()).optional(),
  json: flag,
});

/** What goes with a file of requests; all else stands in the file itself. */
const WITH_FILE: readonly string[] = [
  ...['csv', 'ndjson', 'map', 'delimiter', 'from', 'rejects', 'run', 'dryRun', 'json'],
];

const input = fields.superRefine((given, context) => {
  for (const message of misused(given)) context.addIssue({ code: 'custom', message });
});
type Input = z.output<typeof input>;

function misused(given: z.output<typeof fields>): readonly string[] {
  const { template, templateLanguage, templateVariable, csv, ndjson, to, file, rejects, run, dryRun } = given;
  if (csv !== undefined && ndjson !== undefined) return ['--csv and --ndjson are one or the other'];
  if (csv !== undefined || ndjson !== undefined) {
    const alone = Object.entries(given).filter(
      ([name, value]) => isGiven(value) && !WITH_FILE.includes(name),
    );
    if (csv === undefined && (given.map ?? given.delimiter) !== undefined) {
      return ['--map and --delimiter want --csv'];
    }
    return alone.map(([name]) => `${optionOf(name)} is for one delivery: with a file it stands in the file`);
  }
  if ((rejects ?? run ?? given.map ?? given.delimiter) !== undefined || dryRun) {
    return ['--map, --delimiter, --rejects, --run and --dry-run want --csv or --ndjson'];
  }
  if ((to ?? file) === undefined) return ['give --to and --file, or --csv or --ndjson'];
  return template === undefined && (templateLanguage ?? templateVariable) !== undefined
    ? ['--template-language and --template-variable want --template']
    : [];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

const options: readonly Option[] = [
  fromOption(),
  new Option('--to <recipient>', 'number with its country code, or from_id'),
  new Option('--file <url>', 'https link to the file'),
  new Option('--csv <file>', 'many: a table with the fields as columns; - for standard input'),
  new Option('--ndjson <file>', 'many: one request as JSON a line; - for standard input'),
  new Option(
    '--map <field=column...>',
    'of --csv: the column that holds a field, as to=Phone; others are left out',
  ),
  new Option(
    '--delimiter <character>',
    'of --csv: comma, semicolon, tab or another; default: as the first row shows',
  ),
  new Option('--rejects <file>', 'where refused ones go; default: beside the file, as <file>.rejects.csv'),
  new Option('--run <name>', 'of a file without ids: the same requests are new deliveries in another run'),
  new Option('--dry-run', 'of a file of up to a million lines: validate and forecast, take nothing'),
  new Option('--caption <text>', 'text sent with the file'),
  new Option('--reply-to <unique>', 'unique of the message that is quoted'),
  new Option('--media-type <type>', `when the link does not tell: ${MEDIA_TYPES.join(', ')}`),
  new Option('--send-at <time>', 'ISO 8601 with zone, or epoch milliseconds'),
  new Option('--expires-at <time>', 'default: 24 h after --send-at, or after now'),
  new Option('--id <id>', 'your own id: the same again changes nothing'),
  new Option('--priority <priority>', `between conversations: ${PRIORITIES.join(', ')}; default normal`),
  new Option(
    '--on-closed-window <policy>',
    `${CLOSED_WINDOW_POLICIES.join(', ')}; default: as the account says`,
  ),
  new Option('--on-unknown <policy>', `${UNKNOWN_POLICIES.join(', ')}; default: as the account says`),
  new Option('--file-size-bytes <number>', 'checked against the limit of the media type'),
  new Option('--template <name>', 'template for a closed window; implies --on-closed-window template'),
  new Option('--template-language <number>', 'the provider’s number of the language'),
  new Option('--template-variable <text...>', 'the template’s variables, in order'),
  new Option('--local-storage', 'the provider downloads the file first; slower'),
  new Option('--show-request', 'keep the request as the provider saw it'),
  new Option('--strict-order', 'later ones of the conversation wait for this one'),
  new Option('--metadata <name=value...>', 'comes back in status and events'),
  jsonOption(),
];

/** `waybill enqueue`: prints the id and the status; of a file, what became of its lines. */
export function addEnqueue(host: CommandHost): void {
  addCommand(host, {
    usage: 'enqueue',
    summary: 'have a file sent, or many',
    options,
    input,
    help: HELP,
    run: (given, context) =>
      withClient(context, (client) => {
        const file = fileOf(given);
        if (file === null) return enqueueOne(given, client, context);
        keepHeapSmall();
        return given.dryRun ? forecastFile(file, client, context) : enqueueFile(file, client, context);
      }),
  });
}

const HELP = `Of a file: a request without an id gets one made of its content and of --run. The same file again adds nothing, and
says how many it skipped; next month's identical reminders go out under another --run.
Exit codes: 0 all taken, 1 some refused, 75 Redis cannot be reached: run it again to go on.`;

function fileOf({ csv, ndjson, map = [], ...given }: Input): BulkFile | null {
  const path = csv ?? ndjson;
  if (path === undefined) return null;
  const { from, rejects, run, json, delimiter = null } = given;
  return { format: csv === undefined ? 'ndjson' : 'csv', path, map, delimiter, from, rejects, run, json };
}

async function enqueueOne(given: Input, client: Client, { output, now }: CliContext): Promise<ExitCode> {
  const request = requestOf(given);
  const { from } = await client.account(given.from).catch((error: unknown) => {
    throw withFaults(error, faultsOfRequest(request, now()));
  });
  const enqueued = await client.waybill.enqueue({ to: '', fileUrl: '', ...request, from });
  const { id, status, duplicate, warnings } = enqueued;
  for (const warning of warnings) output.note(`note: ${warningInOptions(warning)}`);
  if (given.json) output.json({ id, from, status, duplicate, warnings });
  else output.line(`${id} ${status}${duplicate ? ' (the same again: nothing was added)' : ''}`);
  return EXIT.done;
}

const ACCOUNT_FAULTS: ReadonlyMap<string, string> = new Map([
  ['UNKNOWN_ACCOUNT', 'is no account: give its number or name'],
  ['ACCOUNT_NEEDED', 'is missing: name the account'],
]);

/** Why there is no account, with all that is wrong with the request too. */
function withFaults(error: unknown, faults: readonly ValidationFault[]): unknown {
  const detail = error instanceof WaybillError ? ACCOUNT_FAULTS.get(error.code) : undefined;
  // How a number is read may depend on an account that Redis alone could tell of.
  const told = detail === undefined ? faults.filter(({ pointer }) => pointer !== '/to') : faults;
  if (told.length === 0) return error;
  return new ValidationError([...(detail === undefined ? [] : [{ pointer: '/from', detail }]), ...told]);
}

type Request = Readonly<Record<string, unknown>>;

function requestOf(given: Input): Request {
  const { from, file, json, csv, ndjson, map, delimiter, rejects, run, dryRun, metadata, ...more } = given;
  const { template, templateLanguage, templateVariable, ...rest } = more;
  const request = { ...rest, fileUrl: file, metadata: metadata && toMetadata(metadata) };
  if (template === undefined) return request;
  return {
    ...request,
    onClosedWindow: given.onClosedWindow ?? 'template',
    template: { name: template, language: templateLanguage, variables: templateVariable },
  };
}

/** A pair without a name or a sign stays what it is, and is refused with all else that is wrong. */
function toMetadata(pairs: readonly string[]): unknown {
  const isPair = (text: string) => /^[^=]+=/.test(text);
  return pairs.every(isPair) ? Object.fromEntries(pairs.map(splitPair)) : pairs;
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
