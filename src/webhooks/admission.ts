/** Who may come in: at most so many requests at a time, and none once the server drains. */
export type Admission = {
  readonly draining: boolean;
  /** `entered` must be followed by one `leave`. */
  enter(): 'entered' | 'busy' | 'draining';
  leave(): void;
  drain(): void;
};

export function createAdmission(limit: number): Admission {
  let inFlight = 0;
  let draining = false;
  return {
    get draining() {
      return draining;
    },
    enter() {
      if (draining) return 'draining';
      if (inFlight >= limit) return 'busy';
      inFlight += 1;
      return 'entered';
    },
    leave() {
      inFlight -= 1;
    },
    drain() {
      draining = true;
    },
  };
}
