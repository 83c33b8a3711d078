import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * When what is built was written, in seconds: the same sources give the same bytes
 * (reproducible-builds.org, SOURCE_DATE_EPOCH). Without that variable, the time of the commit;
 * outside a repository, as in the broker's container build, now.
 */
export function sourceDateSeconds(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) return Number(given);
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const { status, stdout } = spawnSync("git", ["log", "-1", "--format=%ct"], {
    cwd,
    encoding: "utf8",
  });
  return status === 0 ? Number(stdout) : Math.floor(Date.now() / 1000);
}
