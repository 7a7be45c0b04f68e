/**
 * Lets a plain Node process require our TypeScript sources: `node -r ./test/support/typescript.cjs file.ts`.
 * For tests that need a process of their own to kill, without a build.
 */
const Module = require('node:module');
const { existsSync } = require('node:fs');
const { dirname, resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');

const options = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

Module._extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, parent, ...rest) => {
  const source = parent?.filename && resolve(dirname(parent.filename), request.replace(/\.js$/, '.ts'));
  const found = request.startsWith('.') && source && existsSync(source) ? source : request;
  return resolveFilename(found, parent, ...rest);
};
