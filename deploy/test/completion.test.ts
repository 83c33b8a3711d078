import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { COMMAND_OPTIONS, GLOBAL_OPTIONS } from "@databox-cmk/device-agent";
import { openTemporaryFolder, type TemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { renderCompletions } from "../agent/render-completion.ts";

const COMPLETIONS = renderCompletions();
const BASH = COMPLETIONS["usr/share/bash-completion/completions/databox-agent"] ?? "";

let folder: TemporaryFolder;
beforeAll(() => {
  folder = openTemporaryFolder();
  writeFileSync(join(folder.path, "completion"), BASH);
  mkdirSync(join(folder.path, "node"));
});
afterAll(() => {
  folder[Symbol.dispose]();
});

/** The words that bash offers after these; the last one is being typed. */
function complete(...words: readonly string[]): readonly string[] {
  const script = `. ./completion
    COMP_WORDS=(databox-agent "$@"); COMP_CWORD=$#; _databox_agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["--norc", "-eu", "-c", script, "bash", ...words], {
    cwd: folder.path,
    encoding: "utf8",
  });
  return output.trimEnd().split("\n");
}

test.each([
  ["a command by its beginning", ["pre"], ["prepare"]],
  ["an option of the command", ["unlock", "--no"], ["--no-wait"]],
  ["no option of another command", ["lock", "--no"], [""]],
  ["an option that every command has", ["--state-dir", "/x", "status", "--js"], ["--json"]],
  ["the values of an option", ["prepare", "--device-key", ""], ["tpm", "file", "auto"]],
  ["files where a file is meant", ["--state-dir", "n"], ["node"]],
])("bash completes %s", (_name, words, expected) => {
  expect(complete(...words)).toEqual(expected);
});

test("each shell knows every command with all of its options", () => {
  expect(Object.keys(COMPLETIONS)).toHaveLength(3);
  for (const text of Object.values(COMPLETIONS))
    for (const [command, options] of Object.entries({ ...COMMAND_OPTIONS, "": GLOBAL_OPTIONS })) {
      expect(text).toContain(command);
      for (const option of Object.keys(options))
        expect(text).toMatch(new RegExp(`(?:--|-l )${option}\\b`));
    }
});
