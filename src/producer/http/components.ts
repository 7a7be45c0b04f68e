import { createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

const documentSchema = z.looseObject({
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});
type Document = z.output<typeof documentSchema>;

// The package's own override drops one of the two forms of a time.
const transform = createJsonSchemaTransformObject({ zodToJsonConfig: { override: () => undefined } });

/** The named schemas, each under one name, and none that nobody refers to. */
export const nameComponents: typeof transform = (document) => {
  const named = documentSchema.parse(transform(document));
  return JSON.parse(JSON.stringify(withPlainNames(withoutUnused(named))));
};

/** Each schema comes as it is sent and as it is received; mostly one of the two has no use. */
function withoutUnused(document: Document): Document {
  const { schemas } = document.components;
  const text = JSON.stringify(document);
  const used = Object.entries(schemas).filter(([name]) => text.includes(`"${refTo(name)}"`));
  if (used.length === Object.keys(schemas).length) return document;
  const components = { ...document.components, schemas: Object.fromEntries(used) };
  return withoutUnused({ ...document, components });
}

/** Who needs no other name than the plain one has it. */
function withPlainNames(document: Document): Document {
  const names = Object.keys(document.components.schemas);
  const renamed = names.filter((name) => name.endsWith('Input') && !names.includes(plainName(name)));
  const text = renamed.reduce(
    (json, name) =>
      json
        .replaceAll(`"${refTo(name)}"`, `"${refTo(plainName(name))}"`)
        .replace(`"${name}":`, `"${plainName(name)}":`),
    JSON.stringify(document),
  );
  return documentSchema.parse(JSON.parse(text));
}

function plainName(name: string): string {
  return name.replace(/Input$/, '');
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}
