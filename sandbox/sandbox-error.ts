export type SandboxErrorCode =
  | 'invalid_options'
  | 'unknown_account'
  | 'unknown_client'
  | 'unknown_message'
  | 'no_webhook'
  | 'not_idle'
  | 'control_refused';

/** What a verb of the sandbox refuses. Source: the sandbox's own checks, never the provider's rules. */
export class SandboxError extends Error {
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string) {
    super(message);
    this.name = 'SandboxError';
    this.code = code;
  }
}
