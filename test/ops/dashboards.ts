import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT, readProjectFile } from './compose-file.js';

export const DASHBOARDS = 'ops/grafana/dashboards';

const datasourceSchema = z.object({ type: z.literal('prometheus'), uid: z.string() });
const panelSchema = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  datasource: datasourceSchema.optional(),
  targets: z.array(z.object({ expr: z.string(), datasource: datasourceSchema })).default([]),
});
const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  panels: z.array(panelSchema),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), query: z.object({ query: z.string() }) })),
  }),
});

export type Dashboard = z.infer<typeof dashboardSchema>;

export function readDashboards(): readonly Dashboard[] {
  const files = readdirSync(join(ROOT, DASHBOARDS));
  return files.map((file) => dashboardSchema.parse(JSON.parse(readProjectFile(`${DASHBOARDS}/${file}`))));
}

/** What a dashboard's panels ask Prometheus, by panel, as Grafana would put it for all accounts. */
export function queriesOf({ title, panels }: Dashboard): readonly (readonly [where: string, expr: string])[] {
  return panels.flatMap((panel) =>
    panel.targets.map(({ expr }) => [`${title}, ${panel.title}`, filledIn(expr)] as const),
  );
}

function filledIn(expr: string): string {
  return expr.replaceAll('$account', '.*').replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m');
}
