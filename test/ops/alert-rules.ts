import { parse } from 'yaml';
import { z } from 'zod';
import { readProjectFile } from './compose-file.js';

const ruleSchema = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.object({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.object({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
});

const rulesSchema = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(ruleSchema) })),
});

const testsSchema = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      promql_expr_test: z.array(z.object({ expr: z.string(), exp_samples: z.array(z.unknown()) })),
    }),
  ),
});

/** Every alert of ops/prometheus/rules.yml. */
export function readAlerts(): readonly z.infer<typeof ruleSchema>[] {
  const { groups } = rulesSchema.parse(parse(readProjectFile('ops/prometheus/rules.yml')));
  return groups.flatMap(({ rules }) => rules);
}

/** What promtool is told to find of an alert, as often as it is asked. */
export function readRuleTests(): readonly { readonly alert: string; readonly fires: boolean }[] {
  const { tests } = testsSchema.parse(parse(readProjectFile('ops/prometheus/rules.test.yml')));
  return tests.flatMap(({ promql_expr_test }) =>
    promql_expr_test.map(({ expr, exp_samples }) => ({
      alert: /alertname="(\w+)"/.exec(expr)?.[1] ?? '',
      fires: exp_samples.length > 0,
    })),
  );
}
