import type { Dispatcher } from 'undici';
import { Post } from '../../src/provider/post.js';
import { ATTEMPT } from './examples.js';

/** undici's side of a request, as far as a Post uses it. */
function controllerOf(aborts: string[]): Dispatcher.DispatchController {
  return {
    aborted: false,
    paused: false,
    reason: null,
    abort: (reason) => aborts.push(reason.message),
    pause: () => {},
    resume: () => {},
  };
}

const openPost = () => new Post({ ...ATTEMPT, maxBytes: 100, signal: undefined });

// undici's own pool never does this to a POST; an interceptor or a later version might.
it('is not written a second time: its first end is unknown', async () => {
  const aborts: string[] = [];
  const post = openPost();
  post.onRequestStart(controllerOf(aborts));
  expect(aborts).toEqual([]);
  post.onRequestStart(controllerOf(aborts));
  expect(aborts).toEqual(['restarted', 'not to be written']);
  expect(await post.result).toMatchObject({ kind: 'broken', bytesLeft: true, reason: 'restarted' });
});

it.each([
  ['ENOTFOUND', 'dns', 'broken'],
  ['EAI_AGAIN', 'dns', 'broken'],
  ['ECONNREFUSED', 'refused', 'broken'],
  ['ETIMEDOUT', 'connect_timeout', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout', 'broken'],
  ['EHOSTUNREACH', 'unreachable', 'broken'],
  ['CERT_HAS_EXPIRED', 'tls', 'broken'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'broken'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'broken'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'broken'],
  ['ECONNRESET', 'reset', 'reset'],
  ['EPIPE', 'unreachable', 'reset'],
  ['UND_ERR_HEADERS_OVERFLOW', 'unreachable', 'bad_http'],
  ['UND_ERR_DESTROYED', 'closed', 'closed'],
])('calls %s %s before bytes left and %s after', async (code, before, after) => {
  const error = Object.assign(new Error('broken'), { code });
  const unstarted = openPost();
  unstarted.onResponseError(undefined, error);
  expect(await unstarted.result).toMatchObject({ bytesLeft: false, reason: before });
  const started = openPost();
  started.onRequestStart(controllerOf([]));
  started.onResponseError(undefined, error);
  expect(await started.result).toMatchObject({ bytesLeft: true, reason: after });
});
