import { deviceText } from "@databox-cmk/protocol";
import { afterEach, expect, test, vi } from "vitest";

import { sourceRevision } from "../sources.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.resetModules();
});

const HASH = "0123456789abcdef0123456789abcdef01234567";

test.each([
  [undefined, expect.any(String)],
  [`${HASH}-dirty`, "0123456789ab-dirty"],
  [`v0.2.0-17-g${HASH}`, "v0.2.0-17-g0123456789ab"],
  ["v".repeat(40), "v".repeat(40)],
])("brokers accept the name of an agent with the revision %s", async (given, revision) => {
  vi.stubEnv("DATABOX_REVISION", given);
  expect(sourceRevision()).toEqual(revision);
  vi.stubGlobal("DATABOX_REVISION", sourceRevision());
  vi.resetModules();
  const { nameProgram } = await import("@databox-cmk/protocol");
  const agent = nameProgram("databox-agent");
  expect(agent).toContain(sourceRevision());
  expect(deviceText.safeParse(agent)).toMatchObject({ success: true });
});

test.each(["", "v".repeat(41), "v1 (x)"])("the revision %j is refused", (given) => {
  vi.stubEnv("DATABOX_REVISION", given);
  expect(sourceRevision).toThrow("set DATABOX_REVISION");
});
