import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, Converter, ReflectionKind } from 'typedoc';
import { load } from 'typedoc-plugin-markdown';
import { ensureBuild } from './build.mjs';
import { root, tell } from './project.mjs';
import { requestTypes, toldTypes } from './types-of-schemas.mjs';

// Writes the types of requests after their schemas, and docs/library.md after the types that the package exports.
// With --check nothing is written, and what is out of date fails. TypeDoc has a TypeScript of its own, "typescript" in
// package.json: it does not read what version 7 offers to tools.
const isCheck = process.argv.includes('--check');
const outdated = [];

const INTRODUCTION = `<!-- Written by \`npm run reference\` after the comments in the sources: change the words there. -->

`;

const OPTIONS = {
  entryPoints: ['dist/src/index.d.ts'],
  tsconfig: 'tsconfig.reference.json',
  skipErrorChecking: true,
  plugin: [load],
  name: 'Library reference',
  logLevel: 'Warn',
  readme: 'none',
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  sort: ['source-order'],
  groupOrder: ['Functions', 'Type Aliases', 'Classes', '*'],
  // Of ioredis.
  intentionallyNotExported: ['Redis'],
  validation: { notExported: true, notDocumented: true, invalidLink: true },
  outputFileStrategy: 'modules',
  entryFileName: 'library',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  classPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
  },
};

keep('src/queue/delivery-request.ts', requestTypes());
keep('src/producer/told.ts', toldTypes());
ensureBuild();
keep('docs/library.md', await libraryReference());
if (isCheck && outdated.length > 0) {
  tell(`out of date: ${outdated.join(', ')}; npm run reference writes them`);
  process.exitCode = 1;
}

function keep(name, text) {
  const path = join(root, name);
  if (readOrEmpty(path) === text) return;
  outdated.push(name);
  if (!isCheck) writeFileSync(path, text);
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return '';
  }
}

/** A type that is not exported, and a part that has no words, are warnings, and fail. */
async function libraryReference() {
  const out = mkdtempSync(join(tmpdir(), 'waybill-reference-'));
  try {
    const app = await Application.bootstrapWithPlugins({ ...OPTIONS, out });
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => withoutConstructors(project));
    const project = await app.convert();
    if (project === undefined) throw new Error('TypeDoc could not read the types');
    app.validate(project);
    await app.generateOutputs(project);
    if (app.logger.hasWarnings() || app.logger.hasErrors()) process.exitCode = 1;
    return `${INTRODUCTION}${readFileSync(join(out, 'library.md'), 'utf8')}`;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Apps catch errors, and make none. */
function withoutConstructors(project) {
  for (const made of project.getReflectionsByKind(ReflectionKind.Constructor)) project.removeReflection(made);
}
