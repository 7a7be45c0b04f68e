/** The words for what breaks on the way, by error code; the first pattern that matches counts. */
type FaultTable = ReadonlyArray<readonly [RegExp, string]>;

const CLOSED = [/^UND_ERR_(CLOSED|DESTROYED)$/, 'closed'] as const;

/** Until the request's first byte: DNS, the TCP connection, the TLS handshake. */
const BEFORE_BYTES: FaultTable = [
  [/^WAYBILL_PROXY$/, 'proxy'],
  [/^(ENOTFOUND|EAI_)/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'connect_timeout'],
  [/^ECONNRESET$/, 'reset'],
  [
    /^(EPROTO$|ERR_TLS_|ERR_SSL_|CERT_|CRL_|ERROR_IN_C|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_|HOSTNAME_)/,
    'tls',
  ],
  CLOSED,
];

const AFTER_BYTES: FaultTable = [
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, 'reset'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH)/, 'bad_http'],
  CLOSED,
];

/** A fault's word for reasons and metrics; one of a few, whatever the error. */
export function faultWord(error: Error, bytesLeft: boolean): string {
  const code = codeOf(error);
  const row = (bytesLeft ? AFTER_BYTES : BEFORE_BYTES).find(([pattern]) => pattern.test(code));
  return row?.[1] ?? (bytesLeft ? 'broken' : 'unreachable');
}

/** The parser's errors do not always have a code; then the name tells. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
