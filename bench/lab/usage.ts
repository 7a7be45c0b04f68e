import { existsSync, readFileSync } from 'node:fs';

/** Of Linux's accounts, which are in hundredths of a second. */
const TICK_MS = 10;
const KIBIBYTE = 1024;

/** CPU that a process has used, in milliseconds; NaN where the system has no /proc. */
export function cpuMs(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  // The name, in parentheses, may hold anything; user and system time are the 12th and 13th after it.
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Memory that a process holds, in bytes; NaN where the system has no /proc. */
export function residentBytes(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return Number.NaN;
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1]) * KIBIBYTE;
}
