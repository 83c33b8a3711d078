import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openTemporaryFolder } from "@databox-cmk/testkit";

const PROGRAM = "/usr/bin/promtool";
export const hasPromtool = existsSync(PROGRAM);

/** Twice the interval of the shipped ServiceMonitor. */
const INTERVAL_S = 30;
/** The fault begins right after the last of them. */
const HEALTHY = 40;
const COUNTER = /_(?:total|count|sum|bucket)(?:\{|$)/;

/** By series, with the labels of its target. */
type Scrape = ReadonlyMap<string, number>;

/** @param texts - what each target answered; undefined: it does not answer */
export function readScrape(texts: ReadonlyMap<string, string | undefined>): Scrape {
  const scrape = new Map<string, number>();
  for (const [instance, text] of texts) {
    const target = `instance="${instance}",job="databox-broker"`;
    scrape.set(`up{${target}}`, text === undefined ? 0 : 1);
    for (const [, name, labels, value] of (text ?? "").matchAll(
      /^(\w+)(?:\{(.*)\})? ([-+.\w]+)$/gm,
    ))
      scrape.set(
        `${name ?? ""}{${labels === undefined ? "" : `${labels},`}${target}}`,
        Number(value),
      );
  }
  return scrape;
}

/**
 * Prometheus's own test of rules, fed with real samples: twenty minutes go on as between the two
 * healthy scrapes, then each scrape of the fault stands for half a minute.
 *
 * @param rules - path of a file of rules
 * @param alerts - have to fire as pages by the last scrape; no page may fire before the fault
 * @returns what promtool says against it
 */
export function replaySamples(
  rules: string,
  healthy: readonly [Scrape, Scrape],
  faulty: readonly Scrape[],
  alerts: readonly string[],
): string {
  const [first, second] = healthy;
  const series = new Set([...second.keys(), ...faulty.flatMap((each) => [...each.keys()])]);
  const inputs = [...series].map((name) => {
    const last = second.get(name);
    // Node's own gauges of handles and requests have names of counters, and go down, too.
    const grown = (last ?? 0) - (first.get(name) ?? last ?? 0);
    const step = COUNTER.test(name) ? Math.max(0, grown) : 0;
    const before =
      last === undefined
        ? `_x${String(HEALTHY + 1)}`
        : `${String(last - step * HEALTHY)}+${String(step)}x${String(HEALTHY)}`;
    let wasThere = last !== undefined;
    const after = faulty.map((scrape) => {
      const value = scrape.get(name);
      const missing = wasThere ? "stale" : "_";
      wasThere = value !== undefined;
      return value === undefined ? missing : String(value);
    });
    return { series: name, values: [before, ...after].join(" ") };
  });
  const at = (scrapes: number) => `${String((HEALTHY + scrapes) * INTERVAL_S)}s`;
  using folder = openTemporaryFolder();
  const file = join(folder.path, "replay.json");
  writeFileSync(
    file,
    JSON.stringify({
      rule_files: [rules],
      evaluation_interval: `${String(INTERVAL_S)}s`,
      tests: [
        {
          interval: `${String(INTERVAL_S)}s`,
          input_series: inputs,
          promql_expr_test: [
            {
              expr: 'ALERTS{alertstate="firing",severity="page"}',
              eval_time: at(0),
              exp_samples: [],
            },
            ...alerts.map((alert) => ({
              expr: `count(ALERTS{alertname="${alert}",alertstate="firing",severity="page"}) > bool 0`,
              eval_time: at(faulty.length),
              exp_samples: [{ labels: "{}", value: 1 }],
            })),
          ],
        },
      ],
    }),
  );
  const { status, stdout, stderr } = spawnSync(PROGRAM, ["test", "rules", file], {
    encoding: "utf8",
  });
  return status === 0 ? "" : `${stdout}${stderr}`;
}
