import type { ServerResponse } from 'node:http';

export type Answer = { readonly status: number; readonly json: unknown };

/** A response in full, whatever its content. */
export type Page = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

export function writeAnswer(response: ServerResponse, { status, json }: Answer): void {
  const body = JSON.stringify(json);
  response.writeHead(status, {
    'content-type': JSON_TYPE['content-type'],
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function writePage(response: ServerResponse, { status, headers, body }: Page): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
