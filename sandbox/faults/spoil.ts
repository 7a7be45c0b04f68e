import type { ServerResponse } from 'node:http';
import { type Answer, JSON_TYPE, type Page, writePage } from '../api/answer.js';
import { disrupt } from './disrupt.js';
import type { Fault } from './fault.js';

/** Answers a request as the fault wants it, in place of `answer`. */
export function spoil(response: ServerResponse, fault: Fault, answer: Answer): void {
  const page = pageOf(fault, answer);
  if (page === null) disrupt(response, fault, answer);
  else writePage(response, page);
}

/** What is answered in good order, if with the wrong content; null when the connection itself goes wrong. */
function pageOf(fault: Fault, answer: Answer): Page | null {
  switch (fault.kind) {
    case 'fail':
      return jsonPage(answer.status, failing(answer, fault.reason));
    case 'http':
      return {
        status: fault.status,
        headers: { 'content-type': 'text/html; charset=utf-8', ...fault.headers },
        body: fault.body ?? htmlOf(fault.status),
      };
    case 'empty_body':
      return { status: 200, headers: JSON_TYPE, body: '' };
    case 'truncated_json':
      return { status: 200, headers: JSON_TYPE, body: firstHalf(answer) };
    case 'odd_json':
      return jsonPage(200, fault.json ?? { hello: 'world' });
    case 'slow':
    case 'undeliverable':
      return jsonPage(answer.status, answer.json);
    case 'huge_body':
    case 'hang':
    case 'reset_before_reading':
    case 'reset_after_reading':
    case 'reset_after_accepting':
    case 'reset_mid_response':
    case 'lose_reply':
      return null;
    default:
      return fault satisfies never;
  }
}

function jsonPage(status: number, json: unknown): Page {
  return { status, headers: JSON_TYPE, body: JSON.stringify(json) };
}

function failing(answer: Answer, reason: number | string): unknown {
  const echo = typeof answer.json === 'object' ? answer.json : {};
  return { ...echo, status: 'FAIL', unique: undefined, reason };
}

function htmlOf(status: number): string {
  return `<!doctype html><html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
}

/** The beginning of the answer's JSON: never a whole value. */
function firstHalf({ json }: Answer): string {
  const whole = JSON.stringify(json);
  return whole.slice(0, Math.ceil(whole.length / 2));
}
