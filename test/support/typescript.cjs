/**
 * Lets a plain Node process require our TypeScript sources: `node -r ./test/support/typescript.cjs file.ts`.
 * For tests that need a process of their own to kill, without a build. What was compiled once is kept in the system's
 * temporary folder by its content, so that such a process is up in the time that a real one takes.
 */
const Module = require('node:module');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { tmpdir, userInfo } = require('node:os');
const { dirname, join, resolve } = require('node:path');

const options = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
const { version } = require('@swc/core/package.json');
const kept = join(tmpdir(), `waybill-typescript-${userInfo().uid}`);
mkdirSync(kept, { recursive: true, mode: 0o700 });

Module._extensions['.ts'] = (module, file) => module._compile(compiled(file), file);

function compiled(file) {
  const source = readFileSync(file, 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([version, options, file, source]))
    .digest('hex');
  const path = join(kept, `${key}.js`);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const { code } = require('@swc/core').transformSync(source, { ...options, filename: file });
  // Another process may be writing the same.
  writeFileSync(`${path}.${process.pid}`, code, { mode: 0o600 });
  renameSync(`${path}.${process.pid}`, path);
  return code;
}

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) => {
  const source = parent?.filename && resolve(dirname(parent.filename), request.replace(/\.js$/, '.ts'));
  const found = request.startsWith('.') && source && existsSync(source) ? source : request;
  return resolveFilename(found, parent, ...rest);
};
