import { ERRORS } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { wayOfCommand } from "./way-of-command.ts";

const COMMANDS = JSON.stringify(ERRORS).match(/databox-agent [^"\\]+/g) ?? [];

test("commands that unlock are a way of the page, and those for a purpose or the console are not", () => {
  const found = new Set(COMMANDS.filter((command) => wayOfCommand(command) !== undefined));
  expect([...found].toSorted()).toEqual([
    "databox-agent challenge",
    "databox-agent challenge --qr",
    "databox-agent passkey",
    "databox-agent respond",
    "databox-agent unlock",
  ]);
  expect(wayOfCommand("databox-agent unlock --purpose ingest")).toBeUndefined();
});
