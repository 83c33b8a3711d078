import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { METRICS, SETTINGS } from "@databox-cmk/cloud-broker";
import { requireTool } from "@databox-cmk/testkit";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const hasPromtool = requireTool("promtool", existsSync("/usr/bin/promtool"));
const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(pathOf(path), "utf8");

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
});
const alerts = z
  .strictObject({ groups: z.tuple([z.strictObject({ name: z.string(), rules: z.array(rule) })]) })
  .parse(parse(read("deploy/observability/alerts.yaml"))).groups[0].rules;
const panels = z
  .object({
    panels: z.array(
      z.object({
        title: z.string(),
        targets: z.array(z.object({ expr: z.string() })),
        fieldConfig: z.object({ defaults: z.object({ min: z.number().optional() }) }),
      }),
    ),
  })
  .parse(JSON.parse(read("deploy/observability/dashboard.json"))).panels;

const RULE_TESTS = "deploy/observability/alerts.test.yaml";
/** The alerts that fire at each moment of each rule test. */
const moments = z
  .object({
    tests: z.array(
      z.object({
        promql_expr_test: z.array(
          z.object({
            expr: z.literal('count by (alertname) (ALERTS{alertstate="firing"})'),
            exp_samples: z.array(z.object({ labels: z.string() })).default([]),
          }),
        ),
      }),
    ),
  })
  .parse(parse(read(RULE_TESTS), { maxAliasCount: -1 }))
  .tests.map(({ promql_expr_test: expected }) =>
    expected.map(({ exp_samples }) => exp_samples.map(({ labels }) => labels)),
  );

const queries = [
  ...alerts.map(({ alert, expr }) => ({ of: `alert ${alert}`, expr })),
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ of: `panel ${title}`, expr })),
  ),
].map(({ of, expr }) => ({ of, expr: expr.replaceAll("$__rate_interval", "5m") }));

/** Prometheus' own grammar says where a query is none. */
function faultsOf(expr: string): string[] {
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: (node) => {
      if (node.type.isError)
        faults.push(`at ${String(node.from)}: ${expr.slice(node.from, node.from + 20)}`);
    },
  });
  return faults;
}

const OWN = new Map<string, readonly string[]>(
  Object.values(METRICS).map(({ name, labels = [] }) => [name, labels]),
);
const withoutSuffix = (name: string): string =>
  OWN.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, "");

test("the grammar finds a fault, so that silence means something", () => {
  expect(faultsOf("sum(rate(x[5m])")).not.toEqual([]);
});

test.each(queries)("the query of $of is PromQL over what the broker tells", ({ expr }) => {
  expect(faultsOf(expr)).toEqual([]);
  for (const [, name = "", matchers = ""] of expr.matchAll(/\b(databox_\w+)(?:\{([^}]*)\})?/g)) {
    const labels = OWN.get(withoutSuffix(name));
    if (labels === undefined) throw new Error(`${name} is not a metric of the broker`);
    const used = [...matchers.matchAll(/(\w+)\s*(?:=|!)/g)].flatMap(([, label]) => label ?? []);
    const bucket = name.endsWith("_bucket") ? ["le"] : [];
    expect([...labels, ...bucket]).toEqual(expect.arrayContaining(used));
  }
});

describe("every alert", () => {
  const runbook = read("docs/operate/runbook.md");
  test.each(alerts)("$alert has its entry in the runbook", ({ alert, annotations }) => {
    expect(annotations.runbook).toBe(`docs/operate/runbook.md#${alert.toLowerCase()}`);
    expect(runbook).toMatch(new RegExp(`^#+ ${alert}$`, "m"));
  });

  const [, entries = ""] = /^## Alerts\n(.*?)^## /ms.exec(runbook) ?? [];
  const code = [...entries.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text);
  const sources = globSync(pathOf("apps/cloud-broker/src/**/*.ts"))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  test.each<[string, readonly string[], RegExpMatchArray[]]>([
    ["panels", panels.map(({ title }) => title), [...entries.matchAll(/"([A-Z][^"\n]+)"/g)]],
    ["metrics", [...OWN.keys()], [...entries.matchAll(/\b(databox_\w+)/g)]],
    ["settings", Object.keys(SETTINGS), [...entries.matchAll(/`([A-Z]+(?:_[A-Z0-9]+)+)/g)]],
    [
      "codes",
      read("docs/reference/errors.md").match(/\w+/g) ?? [],
      [...entries.matchAll(/`([A-Z][a-z]+[A-Z]\w+)`/g)],
    ],
  ])("names %s that are there", (_what, known, named) => {
    expect(named).not.toEqual([]);
    expect(named.map(([, name]) => name).filter((name) => !known.includes(name ?? ""))).toEqual([]);
  });

  test("names log lines that the broker writes, and queries that are PromQL", () => {
    const lines = code.filter(
      (text) => /^[a-z]+(?: [a-z]+)+$/.test(text) && !text.startsWith("broker "),
    );
    expect(lines.length).toBeGreaterThan(3);
    // A failed chore is logged by its name.
    const written = lines.map((line) => line.replace(/ failed$/, ""));
    expect(written.filter((line) => !sources.includes(line))).toEqual([]);
    const queried = code.filter((text) => /^\w+ by .*databox_/.test(text));
    expect(queried.flatMap(faultsOf)).toEqual([]);
    expect(queried).not.toEqual([]);
  });
});

test.runIf(hasPromtool)("Prometheus' own tool finds that each rule fires as its test says", () => {
  const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", pathOf(RULE_TESTS)], {
    encoding: "utf8",
  });
  expect({ status, output: `${stdout}${stderr}` }).toEqual({
    status: 0,
    output: expect.stringContaining("SUCCESS"),
  });
});

test.each(alerts)(
  "$alert is silent at one moment of a rule test and fires at another",
  ({ alert }) => {
    const fires = moments.map((ofTest) =>
      ofTest.map((firing) => firing.includes(`{alertname="${alert}"}`)),
    );
    expect(fires).toContainEqual(expect.arrayContaining([false, true]));
  },
);

test("a clock that is behind, and a certificate that has expired, are above the lower edge of their panels", () => {
  const negative = panels.filter(({ targets }) =>
    targets.some(({ expr }) => /clock_offset|- time\(\)/.test(expr)),
  );
  expect(negative).toHaveLength(2);
  expect(negative.filter(({ fieldConfig }) => fieldConfig.defaults.min !== undefined)).toEqual([]);
});

test("every metric of the broker has at least a panel", () => {
  const looked = queries.map(({ expr }) => expr).join("\n");
  expect([...OWN.keys()].filter((name) => !looked.includes(name))).toEqual([]);
});
