import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openTemporaryFolder, requireTool, type TemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { AGENT_DOCUMENTS, AGENT_PROGRAM } from "../command-line/agent-program.ts";
import { BROKER_DOCUMENTS, BROKER_PROGRAM } from "../command-line/broker-program.ts";

const hasMan = requireTool("man", existsSync("/usr/bin/man"));

let folder: TemporaryFolder;
beforeAll(() => {
  folder = openTemporaryFolder();
  mkdirSync(join(folder.path, "node"));
});
afterAll(() => {
  folder[Symbol.dispose]();
});

/** The words that bash offers after these; the last one is being typed. */
function complete(
  documents: Readonly<Record<string, string>>,
  [program = "", ...words]: readonly string[],
): readonly string[] {
  const completion = documents[`usr/share/bash-completion/completions/${program}`] ?? "";
  writeFileSync(join(folder.path, "completion"), completion);
  // A shell has it only while it completes.
  const script = `compopt() { :; }; . ./completion
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_\${1//-/_}"; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["--norc", "-eu", "-c", script, "bash", program, ...words], {
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
])("bash completes %s of databox-agent", (_name, words, expected) => {
  expect(complete(AGENT_DOCUMENTS, ["databox-agent", ...words])).toEqual(expected);
});

test.each([
  ["a group of commands", ["ke"], ["keys"]],
  ["the commands of a group", ["keys", ""], ["create", "rotate", "--version", "--help"]],
  ["the values of an argument", ["keys", "rotate", "sig"], ["signing"]],
  ["an option of a group's command", ["audit", "verify", "--conf"], ["--configured"]],
  ["files where a file is meant", ["certificate", "verify", "n"], ["node"]],
  ["no file where a command is meant", ["no"], [""]],
])("bash completes %s of broker", (_name, words, expected) => {
  expect(complete(BROKER_DOCUMENTS, ["broker", ...words])).toEqual(expected);
});

describe.each([
  { program: AGENT_PROGRAM, documents: AGENT_DOCUMENTS },
  { program: BROKER_PROGRAM, documents: BROKER_DOCUMENTS },
])("$program.name", ({ program, documents }) => {
  const commands = [{ name: "", options: program.general }, ...program.commands];

  test("each option has a description", () => {
    const options = commands.flatMap((command) => command.options);
    expect(options.filter(({ help }) => help.trim() === "")).toEqual([]);
  });

  test("bash knows every command with all of its options", () => {
    const text = documents[`usr/share/bash-completion/completions/${program.name}`];
    for (const { name, options } of commands) {
      for (const word of name.split(" ")) expect(text).toContain(word);
      for (const option of options) expect(text).toContain(`--${option.name}`);
    }
  });

  test.runIf(hasMan)(
    "the man page is roff without a warning, with every command and option",
    () => {
      const page = documents[`usr/share/man/man8/${program.name}.8`] ?? "";
      const { stdout, stderr } = spawnSync(
        "man",
        ["--local-file", "--warnings", "--encoding=utf8", "-"],
        {
          input: page,
          encoding: "utf8",
          env: { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "10000" },
        },
      );
      expect(stderr).toBe("");
      for (const { name, options } of commands)
        for (const word of [name, ...options.map((option) => `--${option.name}`)])
          expect(stdout).toContain(word);
    },
  );
});
