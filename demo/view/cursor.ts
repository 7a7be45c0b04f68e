/** What terminals of every make understand: ECMA-48, and DEC's private mode for the cursor. */
const ESCAPE = '\u001b[';

export const HIDE_CURSOR = `${ESCAPE}?25l`;
export const SHOW_CURSOR = `${ESCAPE}?25h`;
export const CLEAR_SCREEN = `${ESCAPE}2J${ESCAPE}H`;

/** Goes up so many lines and erases from there to the end of the screen. */
export function eraseLinesUp(lines: number): string {
  return lines === 0 ? '' : `${ESCAPE}${lines}A\r${ESCAPE}0J`;
}
