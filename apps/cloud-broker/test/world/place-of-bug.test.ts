import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { createLog, describeFault } from "../../src/observability/log.ts";
import { placeOfBug } from "./place-of-bug.ts";

const lineOf = (fault: unknown) => {
  const lines: string[] = [];
  createLog("info", (line) => lines.push(line))("error", "request", describeFault(fault));
  return String(lines[0]);
};

test("prints the place of a bug inside the broker, and no failure that it names", () => {
  expect(placeOfBug(lineOf(new ReferenceError("missing")))).toMatch(
    /^A bug inside the broker: .*ReferenceError.* at .*place-of-bug\.test\.ts:\d+:\d+\n/su,
  );
  expect(placeOfBug(lineOf(new AppError("NotFound")))).toBeUndefined();
  expect(placeOfBug(lineOf(new Error("closed")))).toBeUndefined();
});
