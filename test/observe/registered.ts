import { Registry } from 'prom-client';
import { z } from 'zod';
import { defineCounters } from '../../src/observe/counters.js';
import { defineGauges } from '../../src/observe/gauges.js';
import { defineHistograms } from '../../src/observe/histograms.js';

const metricSchema = z.object({
  name: z.string(),
  help: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram']),
  labelNames: z.array(z.string()),
});

export type Registered = z.infer<typeof metricSchema>;

/** Every metric of Waybill's own, as it is registered. */
export function registeredMetrics(): readonly Registered[] {
  const registry = new Registry();
  const types = {
    counter: Object.values(defineCounters(registry)),
    gauge: Object.values(defineGauges(registry).gauges),
    histogram: Object.values(defineHistograms(registry)),
  };
  return Object.entries(types).flatMap(([type, metrics]) =>
    metrics.map((metric) => metricSchema.parse({ ...metric, type })),
  );
}

/** The names under which Prometheus keeps it, each with its labels. */
export function seriesNames(): ReadonlyMap<string, readonly string[]> {
  return new Map(registeredMetrics().flatMap(namesOf));
}

function namesOf({ name, type, labelNames }: Registered): readonly [string, readonly string[]][] {
  if (type !== 'histogram') return [[name, labelNames]];
  return [
    [`${name}_bucket`, [...labelNames, 'le']],
    [`${name}_sum`, labelNames],
    [`${name}_count`, labelNames],
  ];
}
