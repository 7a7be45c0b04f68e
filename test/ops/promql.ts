import { seriesNames } from '../observe/registered.js';

const OURS = /\bwaybill_[a-z_]+/g;
/** `name{…}`, `by (…)`, `on (…)`: where labels are named. */
const MATCHERS = /\b(waybill_[a-z_]+)\{([^}]*)\}/g;

const known = seriesNames();

/** What an expression asks for that no process has: metrics, and labels beside them that they do not carry. */
export function unknownNames(expr: string): readonly string[] {
  const names = [...expr.matchAll(OURS)].map(([name]) => name);
  const labels = [...expr.matchAll(MATCHERS)].flatMap(([, name = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => ({ name, label })),
  );
  const grouped = [...expr.matchAll(/\b(?:by|on) ?\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(/,\s*/).filter((label) => label !== ''),
  );
  const scraped = ['instance', 'job', 'le'];
  const carried = [...names.flatMap((name) => known.get(name) ?? []), ...scraped];
  return [
    ...names.filter((name) => !known.has(name)),
    ...labels.filter(({ name, label }) => ![...(known.get(name) ?? []), ...scraped].includes(label)),
    ...grouped.filter((label) => names.length > 0 && !carried.includes(label)),
  ].map((each) => (typeof each === 'string' ? each : `${each.name}{${each.label}}`));
}
