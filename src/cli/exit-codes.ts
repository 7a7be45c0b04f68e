/** What a command's exit code says. 75 is EX_TEMPFAIL: the same again later may go well. */
export const EXIT = { done: 0, refused: 1, usage: 2, notFound: 3, redisUnreachable: 75 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** By an error's `code`; what is not listed is a refusal. */
const BY_ERROR: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['USAGE', EXIT.usage],
  ['CONFIG', EXIT.usage],
  ['LISTEN_FAILED', EXIT.usage],
  ['REDIS_EVICTS', EXIT.usage],
  ['REDIS_REFUSES', EXIT.usage],
  ['REDIS_SERVER_MISSING', EXIT.usage],
  ['VALIDATION', EXIT.usage],
  ['ACCOUNT_NEEDED', EXIT.usage],
  ['TOO_MANY', EXIT.usage],
  ['AMBIGUOUS_ID', EXIT.usage],
  ['API_KEYS_FILE', EXIT.usage],
  ['DATA_KEY', EXIT.usage],
  ['invalid_options', EXIT.usage],
  ['NOT_FOUND', EXIT.notFound],
  ['CALLBACK_NOT_FOUND', EXIT.notFound],
  ['UNKNOWN_ACCOUNT', EXIT.notFound],
  ['UNKNOWN_ENDPOINT', EXIT.notFound],
  ['UNAVAILABLE', EXIT.redisUnreachable],
]);

export function exitCodeOf(error: unknown): ExitCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return BY_ERROR.get(code) ?? EXIT.refused;
}
