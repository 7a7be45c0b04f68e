import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { root, runScript, SetupError, tell } from './project.mjs';

const COMMAND = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];

// Lists the packages that go into the image, as CycloneDX: into the named file, else on stdout. It needs no network.
runScript(() => {
  const { status, stdout, stderr } = spawnSync('npm', COMMAND, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`npm sbom failed:\n${stderr}`);
  const [, , file] = process.argv;
  if (file === undefined) process.stdout.write(stdout);
  else writeFileSync(file, stdout);
  tell(`sbom: ${JSON.parse(stdout).components.length} packages`);
});
