import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { freePort, openTemporaryFolder } from "@databox-cmk/testkit";
import * as z from "zod";

const PROGRAM = "/usr/bin/prometheus";
export const hasPrometheus = existsSync(PROGRAM);

const answered = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            state: z.string(),
            alerts: z.array(z.object({ labels: z.object({ reason: z.string().optional() }) })),
          }),
        ),
      }),
    ),
  }),
});

/** Debian's Prometheus; it ends with this process in any case. */
export type Prometheus = AsyncDisposable & {
  /** Names of the alerts that fire, each with its reason, if it has one. */
  firing(): Promise<readonly string[]>;
};

/**
 * Scrapes brokers each second.
 *
 * @param rules - text of a file of rules
 * @param targets - HOST:PORT of each broker's metrics
 */
export async function startPrometheus(
  rules: string,
  targets: readonly string[],
): Promise<Prometheus> {
  const folder = openTemporaryFolder();
  const file = join(folder.path, "prometheus.json");
  writeFileSync(join(folder.path, "alerts.yaml"), rules);
  writeFileSync(
    file,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: ["alerts.yaml"],
      scrape_configs: [{ job_name: "databox-broker", static_configs: [{ targets }] }],
    }),
  );
  const address = `127.0.0.1:${String(await freePort())}`;
  const options = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder.path, "data")}`,
    `--web.listen-address=${address}`,
    "--log.level=error",
  ];
  const child = spawn(
    "/bin/sh",
    ["-c", '"$@" & cat >/dev/null; kill -KILL $!; wait', "sh", PROGRAM, ...options],
    { stdio: ["pipe", "inherit", "inherit"], cwd: folder.path },
  );
  return {
    async firing() {
      const answer = await fetch(`http://${address}/api/v1/rules?type=alert`).catch(
        () => undefined, // It starts.
      );
      if (answer?.ok !== true) return [];
      const { groups } = answered.parse(await answer.json()).data;
      return groups
        .flatMap(({ rules: each }) => each)
        .filter(({ state }) => state === "firing")
        .flatMap(({ name, alerts }) =>
          alerts.map(({ labels: { reason } }) =>
            reason === undefined ? name : `${name} ${reason}`,
          ),
        );
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
      folder[Symbol.dispose]();
    },
  };
}
