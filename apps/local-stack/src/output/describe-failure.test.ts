import { AppError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { describeFailure } from "./describe-failure.ts";

const systemError = (code: string) =>
  Object.assign(new Error(`${code}: something, mkdir '/x'`), { code, syscall: "mkdir" });

test.each([
  {
    error: systemError("EACCES"),
    line: "the folder /x cannot be used, this user may not write there: make it writable, or choose another with --directory",
  },
  {
    error: systemError("EROFS"),
    line: "the folder /x cannot be used, its file system is read-only: mount it writable, or choose another with --directory",
  },
  {
    error: systemError("ENOSPC"),
    line: "the folder /x cannot be used, its file system is full: free some space, or choose another with --directory",
  },
  { error: systemError("EIO"), line: "EIO: something, mkdir '/x'" },
  {
    error: new AppError("PortInUse", { detail: "port 1 is in use", facts: { port: 1 } }),
    line: "port 1 is in use",
  },
  {
    error: new Error("the story expects something else"),
    line: "the story expects something else",
  },
  { error: "thrown text", line: "thrown text" },
])("$line", ({ error, line }) => {
  expect(describeFailure(error, "/x")).toBe(line);
});
