/** One sample of the Prometheus text format. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type MetricsText = {
  /** By metric name: counter, gauge, histogram. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
};

/** Parses what `/metrics` answers; throws at a line that Prometheus would refuse. */
export function parseMetrics(text: string): MetricsText {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = new Map(lines.flatMap((line) => typeOf(line) ?? []));
  return { types, samples: lines.filter((line) => !line.startsWith('#')).map(sampleOf) };
}

function typeOf(line: string): [[string, string]] | null {
  const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
  return name === undefined || type === undefined ? null : [[name, type]];
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || Number.isNaN(Number(value))) throw new Error(`not a sample: ${line}`);
  const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"(?:,|$)/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
    value: Number(value),
  };
}
