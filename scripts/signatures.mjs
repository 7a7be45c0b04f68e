import { spawnSync } from 'node:child_process';
import { root, runScript, tell } from './project.mjs';

const PATIENCE_MS = Number(process.env.WAYBILL_SIGNATURES_TIMEOUT_MS ?? 60_000);

// Compares the installed packages with the registry's signatures. A wrong one fails; a registry that does not answer,
// or signs nothing, is told and fails nothing: this may run offline.
runScript(() => {
  const { stdout } = spawnSync('npm', ['audit', 'signatures', '--json'], {
    cwd: root,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  const answer = parse(stdout);
  if (answer === undefined) {
    tell('signatures: not checked, the registry gave no answer');
    return 0;
  }
  const { invalid, missing } = answer;
  if (missing.length > 0) tell(`signatures: not checked, unsigned: ${namesOf(missing)}`);
  tell(invalid.length > 0 ? `signatures: wrong: ${namesOf(invalid)}` : 'signatures: none is wrong');
  return invalid.length > 0 ? 1 : 0;
});

function parse(text) {
  try {
    const answer = JSON.parse(text);
    return Array.isArray(answer.invalid) && Array.isArray(answer.missing) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function namesOf(packages) {
  return packages.map(({ name, version }) => `${name}@${version}`).join(', ');
}
