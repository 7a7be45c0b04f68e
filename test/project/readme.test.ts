import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../../src/config/settings.js';
import { withRedis } from '../support/redis.js';
import { runProgram } from '../support/run-program.js';
import { type Stack, startStack } from '../support/stack.js';

const root = join(__dirname, '..', '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const readme = read('README.md');
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;

/** The cells of the table rows that begin with a word in backquotes. */
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');

it('is short', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(151);
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(201);
});

it('names only npm scripts that exist', () => {
  const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(scripts).toHaveProperty('test');
});

it('tells each setting as it is', () => {
  const settings = rows.filter(([, name]) => /^`(WAYBILL|REDIS)_/.test(name ?? ''));
  expect(settings.length).toBeGreaterThan(5);
  for (const [, name, value] of settings) {
    const setting = Object.entries(SETTINGS).find(([key]) => key === words(name ?? '')[0])?.[1];
    expect([name, setting?.default ?? '']).toEqual([name, words(value ?? '')[0] ?? '']);
  }
});

it('names the variables that exist, and no others', () => {
  const named = new Set([...readme.matchAll(/\b(?:WAYBILL|REDIS)_[A-Z_]+\b/g)].map(([name]) => name));
  expect([...named].filter((name) => !Object.keys(SETTINGS).includes(name))).toEqual([]);
});

it('links only to files that are there', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe('its program', () => {
  const redis = withRedis();
  let stack: Stack;

  afterEach(() => stack.close());

  it('runs as it stands', async () => {
    stack = await startStack(redis.url, { sandbox: { windowsOpen: true } });
    const program = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(program).toContain('redis://127.0.0.1:6379');
    const result = await runProgram(program.replace('redis://127.0.0.1:6379', redis.url));
    expect(result).toEqual({ exitCode: 0, output: '' });
    expect(stack.sandbox.acceptedTimes({ caption: 'Invoice 7' })).toBe(1);
  });
});
