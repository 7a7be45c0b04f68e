/** Exit codes by shell custom: 128 and the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const BROKEN_PIPE = 141;

/** Whether somebody wants the demo to end early. */
export type Interruption = {
  readonly signal: AbortSignal;
  /** Null: nobody has. */
  exitCode(): number | null;
};

/** From here on Ctrl-C and its like ask for a clean end; whoever asks again is not heard twice. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const interrupt = (code: number) => {
    exitCode ??= code;
    controller.abort();
  };
  for (const [name, code] of Object.entries(EXIT_CODES)) process.on(name, () => interrupt(code));
  // The reader of a pipe has gone: there is nobody left to tell the story to.
  process.stdout.on('error', () => interrupt(BROKEN_PIPE));
  return { signal: controller.signal, exitCode: () => exitCode };
}
