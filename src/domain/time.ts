/** Durations in milliseconds, and the points in time they are added to (epoch milliseconds). */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
