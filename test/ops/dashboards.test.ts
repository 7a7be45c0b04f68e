import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT, readCompose, readProjectFile } from './compose-file.js';
import { DASHBOARDS, queriesOf, readDashboards } from './dashboards.js';
import { unknownNames } from './promql.js';

const dashboards = readDashboards();
const GRAFANA = 'ops/grafana/provisioning';
const read = (path: string): unknown => parse(readProjectFile(`${GRAFANA}/${path}`));

it.each(dashboards.flatMap(queriesOf))('%s asks for metrics that there are', (_where, expr) => {
  expect(unknownNames(expr)).toEqual([]);
  expect(expr).not.toContain('$');
});

it.each(dashboards.map((each) => [each.title, each] as const))(
  '%s has a query in each panel',
  (_title, each) => {
    const empty = each.panels.filter(({ type, targets }) => type !== 'row' && targets.length === 0);
    expect(empty).toEqual([]);
    expect(new Set(each.panels.map(({ id }) => id)).size).toBe(each.panels.length);
  },
);

it('lets an account be chosen wherever panels tell accounts apart', () => {
  const choosing = dashboards.filter(({ templating }) =>
    templating.list.some(({ name }) => name === 'account'),
  );
  expect(choosing.map(({ uid }) => uid).sort()).toEqual(['waybill-accounts', 'waybill-deliveries']);
  for (const { query } of choosing.flatMap(({ templating }) => templating.list)) {
    const [, name = ''] = /^label_values\((\w+), account\)$/.exec(query.query) ?? [];
    expect(unknownNames(`${name}{account="shop"}`)).toEqual([]);
  }
});

it('asks the Prometheus that Grafana is provisioned with', () => {
  const { datasources } = z
    .object({ datasources: z.array(z.object({ uid: z.string(), url: z.string(), type: z.string() })) })
    .parse(read('datasources/prometheus.yml'));
  expect(datasources.map(({ url, type }) => [url, type])).toEqual([['http://prometheus:9090', 'prometheus']]);
  const asked = dashboards.flatMap(({ panels }) =>
    panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource.uid)),
  );
  expect([...new Set(asked)]).toEqual(datasources.map(({ uid }) => uid));
});

it('are where Grafana is told to look, and it cannot change them', () => {
  const { providers } = z
    .object({ providers: z.array(z.object({ options: z.object({ path: z.string() }) })) })
    .parse(read('dashboards/waybill.yml'));
  const volumes = readCompose().services.grafana?.volumes ?? [];
  for (const { options } of providers) expect(volumes).toContain(`./${DASHBOARDS}:${options.path}:ro`);
  expect(volumes).toContain(`./${GRAFANA}:/etc/grafana/provisioning:ro`);
  expect(existsSync(join(ROOT, DASHBOARDS))).toBe(true);
});
