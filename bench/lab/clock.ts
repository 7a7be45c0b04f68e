/** Milliseconds by a clock that only goes forward, the same for all processes of this machine. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
