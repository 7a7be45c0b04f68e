import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setting } from '../../src/config/setting.js';
import { SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';
import { ACCOUNT_DEFAULTS } from '../../src/domain/account.js';
import { tableWith } from './tables.js';

const FILE = join(__dirname, '../../docs/settings.md');
const BETWEEN = /(<!-- settings -->\n)[\s\S]*?(<!-- end of settings -->)/;

/** `UPDATE_DOCS=1` writes the table anew instead; `npm run format` then lines it up. */
it('tells every setting as it is', () => {
  const page = readFileSync(FILE, 'utf8');
  expect(page).toMatch(BETWEEN);
  const expected = page.replace(BETWEEN, (_, before, after) => `${before}\n${table()}\n\n${after}`);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(FILE, expected);
  else expect(unaligned(page)).toBe(unaligned(expected));
});

it('tells every field of an account with its default', () => {
  const rows = tableWith('settings.md', 'field', 'default');
  const told = rows.map((row) => [row.field, row.default]);
  const known = Object.entries(ACCOUNT_DEFAULTS).map(([name, value]) => [`\`${name}\``, shown(value)]);
  expect(told.filter(([, value]) => value !== 'required' && value !== '')).toEqual(
    expect.arrayContaining(known),
  );
});

function shown(value: unknown): string {
  return value === null ? '`null`' : `\`${JSON.stringify(value)}\``;
}

function unaligned(text: string): string {
  return text.replace(/ +/g, ' ').replace(/-{2,}/g, '-');
}

function table(): string {
  const rows = SETTING_NAMES.map((name) => {
    const setting: Setting<unknown> = SETTINGS[name];
    const byDefault = setting.default === null ? '' : `\`${setting.default}\``;
    const unit = setting.unit === undefined ? '' : ` (${setting.unit})`;
    const asFile = setting.secret ? `, or \`${name}_FILE\`` : '';
    return [`\`${name}\`${asFile}`, byDefault, `${setting.meaning}${unit}`, setting.kind.expected];
  });
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const lines = [['variable', 'default', 'meaning', 'form'], ['-', '-', '-', '-'], ...escaped];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
