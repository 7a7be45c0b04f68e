import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { root, runScript } from './project.mjs';

const TARGET = join(root, 'ops/kubernetes/monitoring/prometheus-rule.yaml');

// Writes the alert rules of Prometheus as the object that its operator reads: once in one place, twice in form.
runScript(() => {
  const rules = parse(readFileSync(join(root, 'ops/prometheus/rules.yml'), 'utf8'));
  const manifest = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'waybill', labels: { 'app.kubernetes.io/name': 'waybill' } },
    spec: { groups: rules.groups },
  };
  const text = `# Written by scripts/kubernetes-rules.mjs from ops/prometheus/rules.yml: change that one.\n${stringify(manifest, { lineWidth: 0 })}`;
  // Left alone when it is the same, for those who are reading it.
  if (!existsSync(TARGET) || readFileSync(TARGET, 'utf8') !== text) writeFileSync(TARGET, text);
});
