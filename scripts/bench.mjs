import { runNode, runScript } from './project.mjs';
import { setUp } from './setup.mjs';

runScript(() => {
  setUp();
  return runNode(['dist/bench/main.js', ...process.argv.slice(2)]);
});
