import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, ROOT, runNode } from './mini-checkout.js';

const install = (
  what: string,
) => `import('./scripts/${what.toLowerCase()}.mjs').then(async ({ ensure${what} }) => {
  const { runScript } = await import('./scripts/project.mjs');
  runScript(ensure${what});
});`;

/** A folder that is all of PATH; nothing is in it but what a test puts there. */
let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'waybill-path-'));
  symlinkSync('/bin/sh', join(path, 'sh'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

describe('the Redis server that npm test and npm run demo need', () => {
  it.each(['redis-server', 'valkey-server'])('is there as %s: nothing is said or done', (name) => {
    command(name, '');
    expect(ensureRedis()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('is installed when that needs no password, and the command is told first', () => {
    command('brew', `echo "brew $*" >&2; /bin/ln -s /bin/sh ${path}/redis-server`);
    const { exitCode, stderr } = ensureRedis();
    expect(stderr).toMatch(/installing it: sh -c brew install redis\nbrew install redis\n$/);
    expect(exitCode).toBe(0);
  });

  it('is not installed against the will of the person', () => {
    command('brew', `/bin/ln -s /bin/sh ${path}/redis-server`);
    const { exitCode, stderr } = ensureRedis({ WAYBILL_NO_INSTALL: '1' });
    expect(existsSync(join(path, 'redis-server'))).toBe(false);
    expect(stderr).toMatch(/Install it and try again:\n {2}brew install redis\n$/);
    expect(exitCode).toBe(2);
  });

  it('is asked for again when installing it came to nothing', () => {
    command('brew', 'exit 1');
    const { exitCode, stderr } = ensureRedis();
    expect(stderr).toContain('that did not work');
    expect(exitCode).toBe(2);
  });

  it('is asked for in every way that there is where no package manager is known', () => {
    const { exitCode, stderr } = ensureRedis();
    expect(stderr.match(/apt-get install|dnf install|apk add|brew install/g)).toHaveLength(5);
    expect(exitCode).toBe(2);
  });
});

describe('the browser that npm test needs', () => {
  it('is installed when that needs no password, and the command is told first', () => {
    command('brew', `echo "brew $*" >&2; /bin/ln -s /bin/sh ${path}/chromium`);
    const { exitCode, stderr } = runNode(['-e', install('Chromium')], { cwd: ROOT, env: { PATH: path } });
    expect(stderr).toMatch(/installing it: .*\nbrew install --cask chromium\n$/);
    expect(exitCode).toBe(0);
  });

  it('may be one that goes by another name', () => {
    command('google-chrome', '');
    const { stderr } = runNode(['-e', install('Chromium')], { cwd: ROOT, env: { PATH: path } });
    expect(stderr).toBe('');
  });
});

function command(name: string, script: string): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function ensureRedis(env: Readonly<Record<string, string>> = {}): CommandResult {
  return runNode(['-e', install('Redis')], { cwd: ROOT, env: { PATH: path, ...env } });
}
