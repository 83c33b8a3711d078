import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

const FILE = fileURLToPath(new URL("../broker/warn-of-older.mjs", import.meta.url));
const WARN = `(await import(process.argv[1])).warnOfOlder(["libc6", "libgcc-s1"], console.log)`;
const policy = (name: string, installed: string, candidate: string) =>
  `${name}:\n  Installed: ${installed}\n  Candidate: ${candidate}\n  Version table:\n`;
const NEWEST = policy("libgcc-s1", "14.2.0-19", "14.2.0-19");

test.each([
  [
    "that is older than apt's candidate",
    policy("libc6", "2.41-12+deb13u4", "2.41-12+deb13u5") + NEWEST,
    "the image gets libc6 2.41-12+deb13u4, and Debian has 2.41-12+deb13u5: apt-get upgrade\n",
  ],
  ["that is the newest", policy("libc6", "2.41-12+deb13u5", "2.41-12+deb13u5") + NEWEST, ""],
  ["that apt does not know", NEWEST, "apt-cache does not know whether Debian has newer packages\n"],
])("the maker of the image judges a package %s", (_name, printed, warning) => {
  using folder = openTemporaryFolder();
  const program = join(folder.path, "apt-cache");
  writeFileSync(program, `#!/bin/sh\nprintf '%s' '${printed}'\n`);
  chmodSync(program, 0o755);
  const words = ["--input-type=module", "--eval", WARN, FILE];
  const { stdout } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { PATH: `${folder.path}:/usr/bin:/bin` },
  });
  expect(stdout).toBe(warning);
});
