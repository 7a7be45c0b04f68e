import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMiniCheckout, type MiniCheckout } from './mini-checkout.js';

const MAIN = `import { greeting } from '../src/greeting.js';
console.log(greeting, ...process.argv.slice(2));
`;

let checkout: MiniCheckout;

beforeEach(() => {
  checkout = createMiniCheckout();
  checkout.write('src/greeting.ts', `export const greeting: string = 'hello';\n`);
  checkout.write('dev/main.ts', MAIN);
});
afterEach(() => checkout.close());

describe('bin/waybill.js in a checkout', () => {
  it('builds first, and says so on stderr alone', () => {
    const { stdout, stderr, exitCode } = checkout.run(['bin/waybill.js', 'enqueue', '--json']);
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: 'hello enqueue --json\n',
      stderr: 'waybill: building\n',
      exitCode: 0,
    });
  });

  it('does not build again what has not changed', () => {
    checkout.run(['bin/waybill.js']);
    expect(checkout.run(['bin/waybill.js'])).toEqual({ stdout: 'hello\n', stderr: '', exitCode: 0 });
  });

  it('builds again when a source has changed', () => {
    checkout.run(['bin/waybill.js']);
    checkout.write('src/greeting.ts', `export const greeting: string = 'shalom';\n`);
    expect(checkout.run(['bin/waybill.js']).stdout).toBe('shalom\n');
  });

  it('forgets what came of a source that is gone', () => {
    checkout.write('src/extra.ts', 'export const extra = 1;\n');
    checkout.run(['bin/waybill.js']);
    expect(existsSync(join(checkout.dir, 'dist/src/extra.js'))).toBe(true);
    checkout.remove('src/extra.ts');
    checkout.run(['bin/waybill.js']);
    expect(existsSync(join(checkout.dir, 'dist/src/extra.js'))).toBe(false);
  });

  it('takes the Lua scripts along', () => {
    checkout.write('src/redis/lua/claim.lua', 'return 1\n');
    checkout.run(['bin/waybill.js']);
    expect(readFileSync(join(checkout.dir, 'dist/src/redis/lua/claim.lua'), 'utf8')).toBe('return 1\n');
  });

  it('keeps the last good build, and leaves nothing lying about, when a source does not compile', () => {
    checkout.run(['bin/waybill.js']);
    checkout.write('src/greeting.ts', 'export const greeting: string = 1;\n');
    const { stderr, exitCode } = checkout.run(['bin/waybill.js']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('src/greeting.ts(1,14)');
    expect(readFileSync(join(checkout.dir, 'dist/src/greeting.js'), 'utf8')).toContain('hello');
    expect(readdirSync(checkout.dir).filter((name) => name.startsWith('.dist'))).toEqual([]);
  });
});

describe('npm test', () => {
  const run = () => checkout.run(['scripts/test.mjs'], { CI: 'true' });
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

  it('ends with the counts', () => {
    checkout.write('test/fine.test.ts', `it('adds', () => expect(1 + 1).toBe(2));\n`);
    const { stdout, exitCode } = run();
    expect(lastLine(stdout)).toBe('1 passed, 0 failed');
    expect(exitCode).toBe(0);
  });

  it('counts a file that cannot be loaded as one that failed', () => {
    checkout.write('test/fine.test.ts', `it('adds', () => expect(1 + 1).toBe(2));\n`);
    checkout.write('test/wrong.test.ts', `it('adds', () => expect(1 + 1).toBe(3));\n`);
    checkout.write('test/lost.test.ts', `import './nowhere.js';\n`);
    const { stdout, exitCode } = run();
    expect(lastLine(stdout)).toBe('1 passed, 2 failed');
    expect(exitCode).toBe(1);
  });

  it('passes arguments on to jest', () => {
    checkout.write('test/fine.test.ts', `it('adds', () => expect(1 + 1).toBe(2));\n`);
    checkout.write('test/wrong.test.ts', `it('adds', () => expect(1 + 1).toBe(3));\n`);
    const { stdout } = checkout.run(['scripts/test.mjs', 'test/fine.test.ts'], { CI: 'true' });
    expect(lastLine(stdout)).toBe('1 passed, 0 failed');
  });
});
