import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './project.mjs';

const require = createRequire(import.meta.url);

/** The types of what apps send, each field with the words of its schema. */
export function requestTypes() {
  require(join(root, 'test', 'support', 'typescript.cjs'));
  const { z } = require('zod');
  const { requestSchema } = require(join(root, 'src', 'queue', 'request.ts'));
  const { changesSchema } = require(join(root, 'src', 'producer', 'amend.ts'));
  const declare = (name, words, schema) =>
    declarations({ name, words, schema: z.toJSONSchema(schema, { io: 'input' }) });
  return formatted(`// Written by \`npm run reference\` after the schemas: change the words there.

${declare('DeliveryRequest', 'What an app asks for. A null is the same as an absent field; a field that does not exist is an error.', requestSchema)}
${declare('Changes', 'What may be changed of a delivery that has not been sent: one field or more.', changesSchema)}
`);
}

/** A type, and one for each object in it. */
function declarations({ name, words, schema }) {
  const inner = [];
  const fields = Object.entries(schema.properties).map(([field, said]) => {
    const type = typeOf(said, (object) => {
      const part = `Request${field[0].toUpperCase()}${field.slice(1)}`;
      inner.push({ name: part, words: `The \`${field}\` of a request.`, schema: object });
      return part;
    });
    const isRequired = schema.required?.includes(field);
    return `/** ${said.description} */\nreadonly ${isRequired ? `${field}: ${type}` : `${field}?: ${orUndefined(type)}`};`;
  });
  const own = `/** ${words} */\nexport type ${name} = {\n${fields.join('\n')}\n};\n`;
  return [own, ...inner.map(declarations)].join('\n');
}

function typeOf(schema, nameOf) {
  const { anyOf, type, properties, additionalProperties, items } = schema;
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  if (anyOf !== undefined) return [...new Set(anyOf.map((each) => typeOf(each, nameOf)))].join(' | ');
  if (Array.isArray(type)) return type.join(' | ');
  if (properties !== undefined) return nameOf(schema);
  if (type === 'object')
    return `Readonly<Record<string, ${orUndefined(typeOf(additionalProperties, nameOf))}>>`;
  if (type === 'array') return `readonly ${typeOf(items, nameOf)}[]`;
  if (type === 'integer') return 'number';
  return schema.format === 'date-time' ? 'string | Date' : type;
}

/** JSON has no undefined; a program's null may as well be one. */
function orUndefined(type) {
  return type.endsWith('null') ? `${type} | undefined` : type;
}

function formatted(code) {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'format', '--stdin-file-path=src/queue/delivery-request.ts'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    input: code,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the types cannot be formatted: ${stderr}`);
  return stdout;
}
