import { MINUTE, SECOND } from '../../domain/time.js';

/** What a caller may take of us. */
export const API_LIMITS = {
  /** The largest request there can be, with every character escaped, has less. */
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 10 * SECOND,
  /** From the headers to the end of a body. */
  bodyMs: 30 * SECOND,
  /** Of any request; only a batch gets this far, which is read only as fast as it is taken in. */
  requestMs: 15 * MINUTE,
  /** How often the headers' and the request's time are looked at. */
  checkMs: SECOND,
  /** Longer than a load balancer's idle timeout (60 s is usual): it must be the one who hangs up. */
  keepAliveMs: 72 * SECOND,
  /** How long `close` waits for calls that have begun, before their connections are cut. */
  drainMs: 5 * SECOND,
} as const;

/** Longer than any id: what is too long to be one is answered as what is not known. */
export const LONGEST_PATH_PART = 1024;
