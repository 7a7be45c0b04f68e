import type { AccountForecast, Client } from '../../app/client.js';
import type { WaybillError } from '../../errors.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type BulkFile, openRequests, reasonOf, rejectsBeside } from './file.js';
import { openInput } from './input.js';
import { grouped } from './progress.js';
import { openRejects } from './rejects.js';
import type { PlacedRecord } from './source.js';

/** Tells what would become of a file's requests if they were taken in now; takes none. */
export async function forecastFile(file: BulkFile, client: Client, context: CliContext): Promise<ExitCode> {
  const { output } = context;
  const source = openRequests(file, openInput(file.path, context).bytes, { client, output });
  const path = file.rejects ?? rejectsBeside(file);
  const rejects = openRejects(path, source.rejectHead);
  let refused = 0;
  try {
    const forecasts = await client.forecast(
      source.records,
      async (record: PlacedRecord, error: WaybillError) => {
        refused += 1;
        await rejects.add(record.reject(reasonOf(error)));
      },
      file.run,
    );
    if (source.skipped() !== '') output.note(source.skipped());
    if (file.json) {
      for (const forecast of forecasts) output.json(forecast);
      output.json({ refused });
    } else {
      output.lines(forecasts.flatMap(forecastText));
      if (refused > 0) output.line(`${grouped(refused)} would be refused: ${path} tells why`);
      output.note('Nothing was taken: leave out --dry-run for that.');
    }
  } finally {
    await rejects.close();
  }
  return refused > 0 ? EXIT.refused : EXIT.done;
}

function forecastText(forecast: AccountForecast): readonly string[] {
  const { account, recipients, sendable, windowUnknown, held, template, failing, scheduled } = forecast;
  const rows: readonly (readonly [count: number, words: string])[] = [
    [sendable, 'may go: the customer window is open'],
    [windowUnknown, 'are tried: nothing is known of the window, the provider decides'],
    [template, 'go as a template: the window is closed'],
    [held, 'are held: the window is closed until the recipient writes'],
    [failing, 'fail: the window is closed'],
    [scheduled, 'of these wait for their time first'],
    [forecast.linksEndEarly, 'of these have a link that stops working before they expire'],
    [forecast.repeated, 'are the same again as another line'],
    [forecast.known, 'have been taken before'],
  ];
  const width = grouped(Math.max(...rows.map(([count]) => count))).length;
  const told = rows.filter(([count], index) => count > 0 || index === 0);
  const lines = told.map(([count, words]) => `  ${grouped(count).padStart(width)} ${words}`);
  return [`${account}: ${grouped(recipients)} recipients`, ...lines, `  ${sessionText(forecast)}`];
}

function sessionText({ sessions, budget: { leftToday, leftThisMonth, beyond } }: AccountForecast): string {
  const left = [
    ...(leftToday === null ? [] : [`${grouped(leftToday)} left today`]),
    ...(leftThisMonth === null ? [] : [`${grouped(leftThisMonth)} left this month`]),
  ].join(', ');
  const opened = `Up to ${grouped(sessions)} new sessions`;
  const held = beyond === 0 ? '' : `: ${grouped(beyond)} would wait until the budget renews`;
  return `${opened}; ${left === '' ? 'no budget is set' : `the budget has ${left}`}${held}`;
}
