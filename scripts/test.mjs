import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { runNode, runScript, tell } from './project.mjs';
import { ensurePrometheus } from './prometheus.mjs';
import { setUp } from './setup.mjs';
import { GROUPS, writeTestGroups } from './test-groups.mjs';

runScript(() => {
  setUp();
  ensureChromium();
  ensurePrometheus();
  const folder = mkdtempSync(join(tmpdir(), 'waybill-test-result-'));
  try {
    return runJest(withTests(process.argv.slice(2)), join(folder, 'result.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Which files to run: those that are named; else all of them, in groups. */
function withTests(args) {
  if (args.some((arg) => !arg.startsWith('-'))) return args;
  writeTestGroups();
  return [`--roots=<rootDir>/${GROUPS}`, '--testSequencer=./scripts/in-order.cjs', ...args];
}

/** Runs jest with the given arguments; the last line tells the counts. */
function runJest(args, resultFile) {
  const code = runNode(['node_modules/jest/bin/jest.js', '--json', `--outputFile=${resultFile}`, ...args]);
  const { passed, failed } = count(resultFile);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : code;
}

/** A file that could not even be loaded ran no tests, and counts as one that failed. */
function count(resultFile) {
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    };
  } catch (error) {
    tell(`jest left no result: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
