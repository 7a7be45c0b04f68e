#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const isCheckout = existsSync(join(root, 'src'));

/** In a checkout the command works right away: what is missing or stale is installed and built first. */
async function makeReady() {
  const { ensureDependencies } = await import('../scripts/dependencies.mjs');
  const { ensureBuild } = await import('../scripts/build.mjs');
  ensureDependencies();
  ensureBuild();
}

async function main() {
  if (isCheckout) await makeReady();
  require('../dist/dev/main.js');
}

main().catch((error) => {
  process.stderr.write(`waybill: ${error.message}\n`);
  process.exitCode = 1;
});
