import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createConfig, formatProblems, lintFromString } from '@redocly/openapi-core';
import { ensureBuild } from './build.mjs';
import { root, tell } from './project.mjs';

// Builds the HTTP API's description as the server does, without Redis, and lints it.
ensureBuild();
const { createApi } = createRequire(import.meta.url)(join(root, 'dist/src/producer/http/server.js'));
const api = await createApi(
  {
    version: '0.0.0',
    callers: () => [],
    callsPerSecond: 1,
    // Nothing is called: the routes are only asked what they are.
    operations: {},
    dependencies: () => ({}),
    observer: { httpAnswered: () => undefined },
    log: { info: () => undefined, error: () => undefined },
  },
  () => false,
);
const source = JSON.stringify(api.swagger(), null, 2);
await api.close();
const config = await createConfig({ extends: ['recommended'] });
const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
if (problems.length > 0) {
  formatProblems(problems, { totals: { errors: 0, warnings: 0, ignored: 0 }, version: '', color: false });
}
tell(`openapi.json: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
