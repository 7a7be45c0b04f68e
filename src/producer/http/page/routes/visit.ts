import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Signature } from '../../../../domain/operation.js';
import { callerOf, signatureOf } from '../../guard.js';
import { checkForm, formTokenOf } from '../../people.js';
import { mayUse, type NamedAccount } from '../../scope.js';
import type { Html } from '../html.js';
import { type PageParts, page } from '../layout.js';
import { type Viewer, viewerOf } from '../viewer.js';
import type { PageOperations } from './operations.js';

/** For whom a route is: who may read, and who may change things. */
export const FOR_READERS = { config: { roles: ['read', 'operate'] }, schema: { hide: true } } as const;
export const FOR_OPERATORS = { config: { roles: ['operate'] }, schema: { hide: true } } as const;

/** Who has come, and what of ours that is for. */
export type Visit = {
  readonly viewer: Viewer;
  /** The accounts of the key. */
  readonly visible: readonly NamedAccount[];
  readonly nameOf: (from: string) => string;
};

export async function visitOf(request: FastifyRequest, { accounts }: PageOperations): Promise<Visit> {
  const caller = callerOf(request);
  const visible = (await accounts.all()).filter((account) => mayUse(caller, account));
  const names = new Map(visible.map(({ from, name }) => [from, name]));
  return {
    viewer: viewerOf(caller, formTokenOf(caller)),
    visible,
    nameOf: (from) => names.get(from) ?? from,
  };
}

/** A form's fields, once it is certain that it is one of ours. @throws ProblemError forbidden */
export function formOf(request: FastifyRequest): (name: string) => string {
  const fields = fieldsOf(request.body);
  checkForm(request, callerOf(request), fields('token'));
  return fields;
}

/** Who sent a form, and the reason that it gives. @throws ProblemError forbidden */
export function signedForm(request: FastifyRequest): Signature {
  const reason = formOf(request)('reason');
  return signatureOf(request, { source: 'page', reason: reason === '' ? null : reason });
}

/** Text fields of what a browser sent; what is absent or given twice is empty. */
export function fieldsOf(sent: unknown): (name: string) => string {
  const fields = new Map<string, unknown>(
    typeof sent === 'object' && sent !== null ? Object.entries(sent) : [],
  );
  return (name) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
}

/** A whole page, or what changes of it where the script asks for that alone. */
export function answerWith(reply: FastifyReply, content: Html): FastifyReply {
  return reply.type('text/html; charset=utf-8').serializer(String).send(content.text);
}

export function answerPage(reply: FastifyReply, parts: PageParts): FastifyReply {
  return answerWith(reply, page(parts));
}
