import { z } from 'zod';
import { inputWords } from '../input-words.js';
import type { SandboxVerbs } from '../verbs.js';

/** One verb over HTTP. Input: the JSON body of a POST, the query of a GET or DELETE. */
export type ControlRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** For people: what it does or tells. */
  readonly what: string;
  /** Input that it takes. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Of its input, as JSON Schema. */
  schema(): unknown;
  /** Throws a ZodError on input that does not fit. */
  run(verbs: SandboxVerbs, input: unknown): unknown;
};

type Definition<Schema extends z.ZodType> = Pick<ControlRoute, 'what'> & {
  readonly input: Schema;
  readonly example?: ControlRoute['example'];
  readonly run: (verbs: SandboxVerbs, input: z.output<Schema>) => unknown;
};

/** `call`: method and the part of the path after `/sandbox/`. */
export function route<Schema extends z.ZodType>(
  call: `${ControlRoute['method']} ${string}`,
  { what, input, example = {}, run }: Definition<Schema>,
): ControlRoute {
  const [method, name] = splitCall(call);
  return {
    method,
    path: `/sandbox/${name}`,
    what,
    example,
    schema: () => z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
    run: (verbs, given) => run(verbs, input.parse(given, { error: inputWords })),
  };
}

function splitCall(call: string): [ControlRoute['method'], string] {
  const [word, name = ''] = call.split(' ', 2);
  return [word === 'GET' || word === 'DELETE' ? word : 'POST', name];
}

export const text = z.string().min(1);
/** Which account; the first one when it is left out. */
export const ofAccount = { from: text.optional() };
export const nothing = z.strictObject({});
