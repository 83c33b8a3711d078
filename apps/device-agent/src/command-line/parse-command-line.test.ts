import { AppError } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import { COMMAND_OPTIONS, type OptionRow } from "./option-table.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import { renderHelp } from "./render-help.ts";
import { stateDirOf } from "./state-dir.ts";

const PREPARE = ["prepare", "--broker=https://b", "--order", "o", "--serial", "s", "--volume", "v"];

test.each([
  [["unlock"], { json: false, stateDir: "/var/lib/databox-agent", command: { command: "unlock" } }],
  [["unlock", "--purpose", "fill"], { command: { command: "unlock", purpose: "fill" } }],
  [["--json", "lock"], { json: true, command: { command: "lock" } }],
  [["status", "--state-dir", "/x"], { stateDir: "/x", command: { command: "status" } }],
  [["--state-dir=/x", "status"], { stateDir: "/x", command: { command: "status" } }],
  [["journal", "--verify"], { command: { command: "journal", verify: true, last: 20 } }],
  [["journal", "--last", "5"], { command: { command: "journal", verify: false, last: 5 } }],
] as const)("%o", (words, expected) => {
  expect(parseCommandLine(words)).toMatchObject({ kind: "run", ...expected });
});

test("prepare has defaults for its optional values", () => {
  expect(parseCommandLine(PREPARE)).toMatchObject({
    command: {
      arguments: {
        broker: "https://b",
        volumeKind: "auto",
        sizeMib: 64,
        formatExisting: false,
        keepVolume: false,
        caFile: undefined,
      },
    },
  });
});

const BASES: Readonly<Record<string, readonly string[]>> = {
  prepare: PREPARE,
  serve: ["serve", "--ui-port", "1"],
};

test.each(
  Object.entries(COMMAND_OPTIONS).flatMap(([command, rows]) =>
    Object.entries<OptionRow>(rows).map(([name, row]) => ({ command, name, row })),
  ),
)("$command takes its option --$name", ({ command, name, row: { value } }) => {
  const base = BASES[command] ?? [command];
  const choice = value?.split("|").find((each) => /^[a-z]/.test(each)) ?? "x";
  const given = value === undefined ? [] : [value === "N" ? "99" : choice];
  expect(parseCommandLine([...base, `--${name}`, ...given])).not.toEqual(parseCommandLine(base));
});

describe("a wrong command line names what is wrong", () => {
  test.each([
    [["--json"], "no command"],
    [["unlok"], 'unknown command "unlok"; did you mean unlock?'],
    [["frobnicate"], 'unknown command "frobnicate"'],
    [["unlock", "now"], 'unexpected word "now"'],
    [["unlock", "--jsn"], "unknown option --jsn of unlock; did you mean --json?"],
    [["unlock", "--verify"], "unknown option --verify of unlock"],
    [["unlock", "--purpose=prepare"], "--purpose: expected unlock, ingest or fill"],
    [["unlock", "--cancel", "--purpose=fill"], "--cancel sends no request: leave out --purpose"],
    [["status", "--state-dir"], "--state-dir needs a value"],
    [["status", "--state-dir="], "--state-dir needs a value"],
    [["status", "--json=yes"], "--json takes no value"],
    [["journal", "--last", "0"], "--last: expected a whole number"],
    [["journal", "--last", "1e3"], "--last: expected a whole number"],
    [PREPARE.slice(0, -2), "--volume is required"],
    [[...PREPARE, "--size-mib", "8"], "--size-mib: expected a whole number from 32"],
    [[...PREPARE, "--volume-kind", "zfs"], "--volume-kind: expected luks2, file or auto"],
    [["unlock", "--__proto__"], "unknown option --__proto__"],
  ])("%o: %s", (words, detail) => {
    let thrown: unknown;
    try {
      parseCommandLine(words);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: "Misuse", detail: expect.stringContaining(detail) });
  });
});

test("help and version need no command", () => {
  expect(parseCommandLine(["--help"])).toMatchObject({ kind: "help", command: undefined });
  expect(parseCommandLine([])).toMatchObject({ kind: "help", command: undefined });
  expect(parseCommandLine(["unlock", "--version"])).toMatchObject({ kind: "version" });
});

test("help names every option that the parser takes", () => {
  const help = renderHelp();
  for (const name of ["--broker", "--enrolment-code-file", "--verify", "--state-dir", "--json"])
    expect(help).toContain(name);
});

test("help of a command names its options, and no other command's", () => {
  expect(parseCommandLine(["unlock", "--help"])).toMatchObject({ kind: "help", command: "unlock" });
  const help = renderHelp("unlock");
  for (const name of ["databox-agent [--state-dir FOLDER] [--json] unlock", "--reason", "--json"])
    expect(help).toContain(name);
  for (const name of ["--broker", "--prepare-to-ship", "challenge "])
    expect(help).not.toContain(name);
});

test.each([
  [["unlock"], "/var/lib/databox-agent"],
  [["--state-dir", "/a", "unlock"], "/a"],
  [["unlock", "--state-dir=/b"], "/b"],
  [["unlock", "--state-dir"], "/var/lib/databox-agent"],
])("before anything is parsed, the state folder of %o is %s", (words, folder) => {
  expect(stateDirOf(words)).toBe(folder);
});
