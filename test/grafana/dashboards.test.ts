import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { dashboards, prometheusDashboards, rendered } from '../../grafana/src/dashboards.js';
import { laidOut, row } from '../../grafana/src/layout.js';
import { count, text } from '../../grafana/src/panels.js';
import type { Dashboard, GridPos, Panel } from '../../grafana/src/schema.js';

const FOLDER = new URL('../../grafana/dashboards/', import.meta.url);
const graphite = [...dashboards.values()];
const all = [...graphite, ...prometheusDashboards.values()];
const FILES = new Map([
  ...dashboards,
  ...Array.from(prometheusDashboards, ([name, dashboard]) => [`../dashboards-prometheus/${name}`, dashboard] as const),
]);

/** Without the titles of rows. */
function panelsOf({ panels }: Dashboard): Panel[] {
  return panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel]));
}

/** Those for the same receiver. */
function setOf(dashboard: Dashboard): Dashboard[] {
  return graphite.includes(dashboard) ? graphite : all.filter((other) => !graphite.includes(other));
}

/** The names of the variables that stand in a text: `$service`, `${ds:queryparam}`. Grafana's own begin with `__`. */
function variablesIn(value: unknown): Set<string> {
  const names = JSON.stringify(value).matchAll(/\$\{?([a-z_]\w*)/gi);
  return new Set(Array.from(names, ([, name = '']) => name).filter((name) => !name.startsWith('__')));
}

function overlap(a: GridPos, b: GridPos): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

await t.test('the files are what the source makes; UPDATE_DASHBOARDS=1 writes them', async (t) => {
  for (const [name, dashboard] of FILES) {
    const file = new URL(name, FOLDER);
    if (process.env['UPDATE_DASHBOARDS'] === '1') writeFileSync(file, rendered(dashboard));
    t.equal(readFileSync(file, 'utf8'), rendered(dashboard), name);
  }
  for (const [folder, made] of [
    [FOLDER, dashboards],
    [new URL('../dashboards-prometheus/', FOLDER), prometheusDashboards],
  ] as const) {
    t.strictSame(readdirSync(folder).sort(), [...made.keys()].sort());
  }
});

await t.test('each dashboard has a uid and a title of its own, as Grafana takes them', async (t) => {
  for (const { uid, title, description } of all) {
    t.match(uid, /^[a-z-]{8,40}$/);
    t.match(title, /^Asterisk(?: \(Prometheus\))?: /);
    t.match(description, /[.?]$/);
  }
  t.equal(new Set(all.map(({ uid }) => uid)).size, all.length);
  t.equal(new Set(all.map(({ title }) => title)).size, all.length);
});

await t.test('each panel has an id of its own and a place that no other takes', async (t) => {
  for (const { uid, panels } of all) {
    t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, uid);
    for (const [index, { title, gridPos }] of panels.entries()) {
      t.ok(gridPos.x + gridPos.w <= 24, `${uid}: ${title} is not too wide`);
      const others = panels.slice(index + 1).filter((other) => overlap(gridPos, other.gridPos));
      t.strictSame(others, [], `${uid}: nothing lies on ${title}`);
    }
  }
});

await t.test('each panel says in sentences how to read it', async (t) => {
  for (const dashboard of all) {
    for (const { title, description } of panelsOf(dashboard)) {
      t.match(description, /^.{30,400}\.$/, `${dashboard.uid}: ${title}`);
    }
  }
});

await t.test('each panel asks something, each target has a letter of its own', async (t) => {
  for (const dashboard of all) {
    for (const { type, title, targets = [] } of panelsOf(dashboard)) {
      if (type !== 'text') t.ok(targets.length > 0, `${dashboard.uid}: ${title}`);
      t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
      for (const { refId } of targets) t.match(refId, /^[A-Z]$/);
    }
  }
});

await t.test('each variable that is used is there, and each that is there is used', async (t) => {
  for (const { uid, templating, ...rest } of all) {
    const names = templating.list.map(({ name }) => name);
    const used = variablesIn({ ...rest, queries: templating.list });
    t.strictSame(
      [...used].filter((name) => !names.includes(name)),
      [],
      `${uid}: all are there`,
    );
    t.strictSame(
      names.filter((name) => !used.has(name)),
      [],
      `${uid}: all are used`,
    );
  }
});

await t.test('a variable is asked for after those that its question names', async (t) => {
  for (const { uid, templating } of all) {
    const known = new Set<string>();
    for (const variable of templating.list) {
      const needed = variablesIn(variable);
      t.strictSame(
        [...needed].filter((name) => !known.has(name)),
        [],
        `${uid}: ${variable.name}`,
      );
      known.add(variable.name);
    }
  }
});

await t.test('each link leads to a dashboard of ours and sets variables that it has', async (t) => {
  let links = 0;
  for (const dashboard of all) {
    for (const { tags } of dashboard.links) {
      const reached = all.filter((other) => tags.every((tag) => other.tags.includes(tag)));
      t.strictSame(reached, setOf(dashboard));
    }
    for (const { url } of panelsOf(dashboard).flatMap(({ fieldConfig }) => fieldConfig?.defaults.links ?? [])) {
      const [, uid, query = ''] = /^\/d\/([a-z-]+)\?(.*)$/.exec(url) ?? [];
      const names =
        setOf(dashboard)
          .find((other) => other.uid === uid)
          ?.templating.list.map(({ name }) => name) ?? [];
      const set = [...query.matchAll(/\$\{([a-z]+):queryparam\}|var-([a-z]+)=/g)].map(([, a, b]) => a ?? b ?? '');
      t.ok(set.length > 1, url);
      t.strictSame(
        set.filter((name) => !names.includes(name)),
        [],
        url,
      );
      links += 1;
    }
  }
  t.ok(links > 0);
});

await t.test('every counter is summed: Graphite would show the mean of the points that it puts together', async (t) => {
  for (const dashboard of graphite) {
    for (const question of panelsOf(dashboard).flatMap(({ targets = [] }) => targets)) {
      const target = 'target' in question ? question.target : t.fail('this is no question for Graphite');
      if (typeof target !== 'string') continue;
      for (const { index } of target.matchAll(/[\w$.*{},-]+\.count(?=[),])/g)) {
        t.match(target.slice(0, index), /(consolidateBy|removeBelowValue)\($/, `${dashboard.uid}: ${target}`);
      }
    }
  }
});

await t.test('both sets have the same panels at the same places, and ask of one data source each', async (t) => {
  const places = (dashboard: Dashboard) => dashboard.panels.map(({ type, title, gridPos }) => [type, title, gridPos]);
  for (const [name, dashboard] of dashboards) {
    const other = prometheusDashboards.get(name);
    t.strictSame(other === undefined ? [] : places(other), places(dashboard), name);
    t.notMatch(rendered(other ?? dashboard), /graphite/i, `${name} for Prometheus says nothing of Graphite`);
    t.notMatch(rendered(dashboard), /prometheus/i, `${name} for Graphite says nothing of Prometheus`);
  }
});

await t.test('a panel without a question is no panel', async (t) => {
  t.throws(() => count({ title: 'a', description: 'b', targets: [] }), /"a" asks nothing/);
});

await t.test('panels of a row go on below where there is no place beside each other', async (t) => {
  const panel = text({ title: 'a', description: 'b', content: 'c' });
  const rows = [
    row('one', 5, [
      [12, panel],
      [12, panel],
      [6, panel],
    ]),
    row('two', 3, [[24, panel]]),
  ];
  t.strictSame(
    laidOut(rows).map(({ id, gridPos: { x, y, w, h } }) => [id, x, y, w, h]),
    [
      [1, 0, 0, 24, 1],
      [2, 0, 1, 12, 5],
      [3, 12, 1, 12, 5],
      [4, 0, 6, 6, 5],
      [5, 0, 11, 24, 1],
      [6, 0, 12, 24, 3],
    ],
  );
});
