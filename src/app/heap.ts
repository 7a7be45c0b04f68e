import { setFlagsFromString } from 'node:v8';

/** By how much the heap may grow over what is in use, in percent, before V8 looks for what is not. */
const GROWTH_PERCENT = 50;

/**
 * Keeps the process small. On a large machine V8 lets the heap grow to four times what is in use before it collects:
 * what a long stream of requests leaves behind would stay by the hundred megabytes. Concerns the whole process: for
 * one that is ours alone.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
