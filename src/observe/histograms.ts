import { Histogram, type Registry } from 'prom-client';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Upper bounds in seconds, fitted to the work: a call takes up to its timeout, a delivery up to a day, a command as long as Redis is away. */
const ATTEMPT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const DUE_TO_ACCEPT = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
const ACCEPT_TO_DELIVERED = [
  1,
  2.5,
  5,
  15,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
];
const REQUEST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const COMMAND = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

export type Histograms = ReturnType<typeof defineHistograms>;

export function defineHistograms(registry: Registry) {
  const histogram = <Label extends string>(
    name: string,
    help: string,
    { buckets, labelNames = [] }: { readonly buckets: number[]; readonly labelNames?: readonly Label[] },
  ) => new Histogram({ name: `waybill_${name}`, help, labelNames, buckets, registers: [registry] });
  return {
    attemptDuration: histogram('attempt_duration_seconds', 'How long an attempt took', {
      buckets: ATTEMPT,
      labelNames: ['outcome'],
    }),
    dueToAccept: histogram('due_to_accept_seconds', 'From due to accepted, without schedule and holds', {
      buckets: DUE_TO_ACCEPT,
    }),
    acceptToDelivered: histogram('accept_to_delivered_seconds', 'From accepted to delivered', {
      buckets: ACCEPT_TO_DELIVERED,
    }),
    webhookRequestDuration: histogram(
      'webhook_request_duration_seconds',
      'How long a callback’s answer took',
      {
        buckets: REQUEST,
        labelNames: ['code'],
      },
    ),
    httpRequestDuration: histogram('http_request_duration_seconds', 'How long an API call’s answer took', {
      buckets: REQUEST,
      labelNames: ['route', 'method', 'code'],
    }),
    redisCommandDuration: histogram(
      'redis_command_duration_seconds',
      'How long Redis took to answer, waiting for its connection included',
      {
        buckets: COMMAND,
        labelNames: ['command'],
      },
    ),
  };
}
