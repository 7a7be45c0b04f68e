import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runScript, tell } from './project.mjs';

/** What may be shipped with a program under the MIT licence without more than its notice. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** The packages that go into the image and whose licence is not allowed, or not known, as `name: licence`. */
function refusedLicences({ packages }) {
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { license }]) => [nameOf(path), license ?? ownersLicence(path, packages)])
    .filter(([, licence]) => !ALLOWED.includes(licence))
    .map(([name, licence]) => `${name}: ${licence ?? 'no licence'}`);
}

/** The lock tells nothing of binaries for other platforms: they are part of the package that lists them. */
function ownersLicence(path, packages) {
  const owners = Object.values(packages).filter((each) => each.optionalDependencies?.[nameOf(path)]);
  return owners.length === 1 ? owners[0].license : undefined;
}

function nameOf(path) {
  return path.replace(/^.*node_modules\//, '');
}

runScript(() => {
  const refused = refusedLicences(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  tell(`licences: ${refused.length === 0 ? 'all allowed' : `not allowed: ${refused.join(', ')}`}`);
  return refused.length === 0 ? 0 : 1;
});
