/** What the system says of a failure, such as `ENOENT`. */
export function diskCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
}
