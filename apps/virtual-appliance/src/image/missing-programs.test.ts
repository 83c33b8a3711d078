import { expect, test } from "vitest";

import { describeMissing, missingPrograms } from "./missing-programs.ts";

test("a PATH without Debian's folders lacks apt, and the message says so with the next step", () => {
  const missing = missingPrograms("/nowhere");
  expect(missing).toEqual(expect.arrayContaining(["apt", "dpkg", "qemu-system-x86"]));
  const message = describeMissing(missing);
  expect(message).toMatch(/no apt is on the PATH: use Debian or \.devcontainer\/, with these/);
  expect(message).not.toMatch(/\bdpkg\b/);
});

test("beside apt, the message is the command that installs the rest", () => {
  expect(describeMissing(["swtpm", "kmod"])).toMatch(/not installed: apt-get install swtpm kmod$/);
});
