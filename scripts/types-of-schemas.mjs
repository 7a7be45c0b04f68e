import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './project.mjs';

const require = createRequire(import.meta.url);
const HEAD = '// Written by `npm run reference` after the schemas: change the words there.\n';

/** The types of what apps send, each field with the words of its schema. */
export function requestTypes() {
  const { requestSchema } = source('queue/request.ts');
  const { changesSchema } = source('producer/amend.ts');
  const types = [
    ...declarations({
      name: 'DeliveryRequest',
      words:
        'What an app asks for. A null is the same as an absent field; a field that does not exist is an error.',
      schema: inJson(requestSchema),
    }),
    ...declarations({
      name: 'Changes',
      words: 'What may be changed of a delivery that has not been sent: one field or more.',
      schema: inJson(changesSchema),
    }),
  ];
  return formatted([HEAD, ...types].join('\n'), 'src/queue/delivery-request.ts');
}

/** Where the types of a title are that no schema's own words would declare better. */
const HOMES = {
  Verb: '../domain/operation.js',
  OutcomeKind: '../domain/outcome.js',
  Status: '../domain/status.js',
  ValidationFault: '../errors.js',
};

/** The types of what apps are told. */
export function toldTypes() {
  const { delivery, listed } = source('producer/delivery-schema.ts');
  const types = Object.entries({ Delivery: delivery, ListedDelivery: listed }).flatMap(([name, each]) => {
    const schema = inJson(each);
    return declarations({ name, words: schema.description, schema, isTold: true });
  });
  const imports = Object.entries(HOMES).map(([name, home]) => `import type { ${name} } from '${home}';`);
  return formatted([HEAD, ...imports, '', ...new Set(types)].join('\n'), 'src/producer/told.ts');
}

function source(path) {
  require(join(root, 'test', 'support', 'typescript.cjs'));
  return require(join(root, 'src', path));
}

function inJson(schema) {
  const { $ref, $defs, ...json } = require('zod').z.toJSONSchema(schema, { io: 'input' });
  return $ref === undefined ? json : $defs[$ref.replace('#/$defs/', '')];
}

/** A type, and one for each object in it. `isTold`: of answers, whose times are texts; a request takes a Date too. */
function declarations({ name, words, schema, isTold = false }) {
  const inner = [];
  const fields = Object.entries(schema.properties).map(([field, said]) => {
    const nameOf = (object) => {
      const part = object.title ?? `Request${field[0].toUpperCase()}${field.slice(1)}`;
      const partWords = object.description ?? `The \`${field}\` of a request.`;
      if (HOMES[part] === undefined) inner.push({ name: part, words: partWords, schema: object, isTold });
      return part;
    };
    const type = typeOf(said, { nameOf, isTold });
    const isRequired = schema.required?.includes(field);
    const optional = isTold ? type : orUndefined(type);
    return `/** ${said.description} */\nreadonly ${isRequired ? `${field}: ${type}` : `${field}?: ${optional}`};`;
  });
  const own = `/** ${words} */\nexport type ${name} = {\n${fields.join('\n')}\n};\n`;
  return [own, ...inner.flatMap(declarations)];
}

function typeOf(schema, how) {
  const { anyOf, type, title, properties, additionalProperties, items } = schema;
  if (HOMES[title] !== undefined) return title;
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  if (anyOf !== undefined) return [...new Set(anyOf.map((each) => typeOf(each, how)))].join(' | ');
  if (Array.isArray(type)) return type.join(' | ');
  if (properties !== undefined) return how.nameOf(schema);
  if (type === undefined) return 'unknown';
  if (type === 'object') {
    const value = typeOf(additionalProperties, how);
    return `Readonly<Record<string, ${how.isTold ? value : orUndefined(value)}>>`;
  }
  if (type === 'array') return `readonly ${typeOf(items, how)}[]`;
  if (type === 'integer') return 'number';
  return schema.format === 'date-time' && !how.isTold ? 'string | Date' : type;
}

/** JSON has no undefined; a program's null may as well be one. */
function orUndefined(type) {
  return type.endsWith('null') ? `${type} | undefined` : type;
}

function formatted(code, path) {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'format', `--stdin-file-path=${path}`],
    {
      cwd: root,
      input: code,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the types cannot be formatted: ${stderr}`);
  return stdout;
}
