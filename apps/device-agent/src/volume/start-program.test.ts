import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { beforeEach, expect, test } from "vitest";

import { createLuks2Volume } from "./luks2/luks2-volume.ts";
import { startProgram } from "./start-program.ts";

const folder = folderFor(beforeEach);
const key = new TextEncoder().encode("the unlock key");

test("a program is ended by its limit, although a process that it has started lives on", async () => {
  const lived = join(folder.path, "lived");
  const script = `(sleep 3; touch ${lived}) & wait`;
  const { exitCode, complaint } = await startProgram("/bin/sh", ["-c", script], 50).finish("");
  expect({ exitCode, complaint }).toEqual({
    exitCode: 1,
    complaint: "it did not end within 50 ms",
  });
  expect(existsSync(lived)).toBe(false);
});

test("a program that cannot be started has no result", async () => {
  await expect(startProgram(join(folder.path, "none"), []).finish("")).rejects.toThrow("ENOENT");
});

test("a program with parameters that are too long has no result", async () => {
  const running = startProgram("/bin/true", ["x".repeat(3 * 1024 * 1024)]);
  await expect(running.finish("")).rejects.toThrow("E2BIG");
  running.kill();
});

test("a program that cannot be started for want of file descriptors has no result", () => {
  const script = `
    import { openSync } from "node:fs";
    import { startProgram } from ${JSON.stringify(new URL("start-program.ts", import.meta.url).href)};
    try { for (;;) openSync("/dev/null"); } catch {}
    const running = startProgram("/bin/true", []);
    running.kill();
    running.finish("").catch(({ code }) => process.stdout.write(code));`;
  const limited = 'ulimit -n 64; exec "$0" --input-type=module --eval "$1"';
  const output = execFileSync("/bin/sh", ["-c", limited, process.execPath, script]);
  expect(output.toString()).toBe("EMFILE");
});

test.each([
  { header: "cannot be read", dump: "exit 1" },
  { header: "comes from a program that was killed", dump: "kill -9 $$" },
  { header: "has no segment of ours", dump: "echo '{}'" },
])("no key is given to a header that $header", async ({ dump }) => {
  const [program, path, given] = ["cryptsetup", "disk.img", "given"].map((name) =>
    join(folder.path, name),
  ) as [string, string, string];
  writeFileSync(path, "");
  writeFileSync(
    program,
    `#!/bin/sh\ncase $1 in luksDump) ${dump} ;; open) cat > ${given} ;; esac\n`,
  );
  chmodSync(program, 0o700);
  using opening = createLuks2Volume({ path, program, mapping: "databox-none" }).beginOpening(
    "test",
  );
  await expect(opening.offer(key)).rejects.toMatchObject({ code: "VolumeUnavailable" });
  expect(existsSync(given) ? readFileSync(given, "utf8") : "").toBe("");
});

test("no key is given if the program that reads the header cannot be started", async () => {
  const path = join(folder.path, "disk.img");
  writeFileSync(path, "");
  const program = join(folder.path, "none");
  using opening = createLuks2Volume({ path, program, mapping: "databox-none" }).beginOpening(
    "test",
  );
  await expect(opening.offer(key)).rejects.toThrow("ENOENT");
});
