import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAlerts, readRuleTests } from './alert-rules.js';
import { ROOT, readProjectFile, readPrometheus } from './compose-file.js';
import { unknownNames } from './promql.js';

const run = promisify(execFile);
const FOLDER = join(ROOT, 'ops/prometheus');
const alerts = readAlerts();
const names = alerts.map(({ alert }) => alert);

it('are those that Prometheus is told to read', () => {
  expect(readPrometheus().rule_files).toEqual(['rules.yml']);
});

it('fire when they should, and not when they should not', async () => {
  const { stdout } = await run('promtool', ['test', 'rules', 'rules.test.yml'], { cwd: FOLDER });
  expect(stdout).toContain('SUCCESS');
}, 120_000);

it('each have a test in which they fire, and one in which they do not', () => {
  const tests = readRuleTests();
  const tested = (fires: boolean) =>
    new Set(tests.filter((each) => each.fires === fires).map((each) => each.alert));
  expect([...tested(true)].sort()).toEqual([...names].sort());
  expect([...tested(false)].sort()).toEqual([...names].sort());
});

it('are called differently', () => {
  expect(new Set(names).size).toBe(names.length);
});

it.each(alerts.map((alert) => [alert.alert, alert] as const))(
  '%s asks for metrics that there are, and leads to a section of the operations page',
  (_name, { expr, annotations }) => {
    expect(unknownNames(expr)).toEqual([]);
    const [page, anchor = ''] = annotations.runbook_url.split('#');
    expect(page).toBe('docs/operations.md');
    expect(anchors()).toContain(anchor);
  },
);

it.each(alerts.map(({ alert, expr }) => [alert, expr]))(
  '%s needs no label that somebody has to add to a scrape',
  (_name, expr) => {
    expect(expr).not.toMatch(/\b(job|service)\s*[=!]/);
    expect(expr.match(/\b(by|on) ?\([^)]*\bservice\b/)).toBeNull();
  },
);

/** The headings as links call them. */
function anchors(): readonly string[] {
  const headings = [...readProjectFile('docs/operations.md').matchAll(/^##+ (.+)$/gm)];
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
