import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { readFileWithin, readPemFile } from "./read-file-within.ts";

// Evidence: An answer without an end.
test("a file is read whole up to the limit, and not at all beyond it, were it a device without an end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "within-"));
  const path = join(folder, "file");
  await writeFile(path, "12345");
  expect((await readFileWithin(path, 5)).toString()).toBe("12345");
  for (const longer of [path, "/dev/zero"])
    await expect(readFileWithin(longer, 4)).rejects.toMatchObject({
      code: "Misuse",
      detail: `${longer} cannot be read (EFBIG)`,
    });
  await rm(folder, { recursive: true });
});

test("a setting that names such a file says so", async () => {
  await expect(readPemFile("EXTRA_CA_FILE", "/dev/zero")).rejects.toMatchObject({
    code: "Misuse",
    detail: "EXTRA_CA_FILE: /dev/zero cannot be read (EFBIG)",
  });
});
