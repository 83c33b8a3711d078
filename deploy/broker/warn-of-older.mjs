import { spawnSync } from "node:child_process";

/**
 * Warns when apt, by its lists on this machine, has a newer version of a package that goes into the
 * image.
 *
 * @param names - of Debian packages
 * @param warn - takes one line
 */
export function warnOfOlder(names, warn) {
  const { error, stdout } = spawnSync("apt-cache", ["policy", ...names], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  const policy = error === undefined ? stdout : "";
  const rows = [...policy.matchAll(/^(\S+):\n {2}Installed: (\S+)\n {2}Candidate: (\S+)$/gm)];
  if (rows.length < names.length) warn("apt-cache does not know whether Debian has newer packages");
  for (const [, name, installed, candidate] of rows)
    if (installed !== candidate)
      warn(`the image gets ${name} ${installed}, and Debian has ${candidate}: apt-get upgrade`);
}
