import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type CleanClone, openCleanClone, ROOT } from "./clean-clone.ts";
import { commandsOf, filesOf, findCommands } from "./find-commands.ts";
import { ELSEWHERE, ROWS, type Row } from "./table.ts";

const FOUND = findCommands();
/**
 * Ended well, as a shell reports Ctrl-C, or by the signal itself: shells and versions of npm
 * differ.
 */
const AFTER_CTRL_C = [0, 130, -1];
/** Stops a command that hangs; the first ones install and build. */
const PATIENCE_MS = 600_000;
/** In prose or a message; the set-up itself starts pnpm by a list of words. */
const NAMES_PNPM =
  /[`"'(: ]pnpm (?:--filter|run|test|build|bench|drill|check|lint|typecheck|[a-z]+:[a-z]+)\b/;
const fits = (row: { readonly command: string | RegExp }, command: string) =>
  typeof row.command === "string" ? row.command === command : row.command.test(command);

describe("the commands that pages name", () => {
  test("are found in blocks and in sentences, without comments, redirections and variables", () => {
    const page = [
      "Run `npm start` or `node tools/setup.mjs`; `node` alone is a name.",
      "```sh",
      "X=1 npm run a -- --b > file   # all",
      "cd x && npx y | cat",
      "node DBX1 of an order",
      "```",
      "then `pnpm build`.",
    ].join("\n");
    expect(commandsOf(page)).toEqual([
      "npm run a -- --b",
      "npx y",
      "npm start",
      "node tools/setup.mjs",
      "pnpm build",
    ]);
  });

  test("are many", () => {
    expect(FOUND.length).toBeGreaterThan(15);
  });

  test.each(FOUND)("$command is in the table", ({ command, pages }) => {
    const rows = [...ROWS, ...ELSEWHERE].filter((row) => fits(row, command));
    expect(rows, `named by ${pages.join(", ")}; see table.ts`).toHaveLength(1);
  });

  test("are all that the table has", () => {
    const unused = [...ROWS, ...ELSEWHERE].filter(
      (row) => !FOUND.some(({ command }) => fits(row, command)),
    );
    expect(unused.map(({ command }) => command)).toEqual([]);
  });

  test("are run as they are named, or the table says why not", () => {
    const silent = ROWS.filter(
      ({ command, run, exitCode, because }) =>
        because === undefined &&
        (typeof command !== "string" || run !== undefined || exitCode !== undefined),
    );
    expect(silent).toEqual([]);
    expect(ELSEWHERE.filter(({ shownBy }) => !existsSync(join(ROOT, shownBy)))).toEqual([]);
  });
});

test("no source tells a reader to run pnpm, which only the set-up brings", () => {
  const sources = filesOf("*.ts", "*.tsx", "*.mjs").filter(
    (path) => !path.startsWith("e2e/documented-commands/"),
  );
  const naming = sources.filter((path) => NAMES_PNPM.test(readFileSync(join(ROOT, path), "utf8")));
  expect(naming).toEqual([]);
});

describe("in a clean clone, with git, npm and the reader's Node alone", () => {
  let clone: CleanClone;
  beforeAll(() => {
    clone = openCleanClone();
  });
  afterAll(() => {
    clone[Symbol.dispose]();
  });

  test("the set-up says why nothing can be installed", async () => {
    const settings = "npm_config_cache=empty npm_config_fetch_retries=0";
    const { exitCode, output } = await clone.run(
      `${settings} npm_config_registry=https://127.0.0.1:9 node tools/setup.mjs; code=$?; rm -r empty; exit $code`,
    );
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output: expect.stringMatching(/npm error code \w+/),
    });
  });

  test.each(runs())(
    "$line",
    { timeout: PATIENCE_MS },
    async ({ line, exitCode = 0, prints, until }) => {
      const outcome = await clone.run(line, until);
      expect(outcome.output).toMatch(prints ?? until ?? "");
      expect(until === undefined ? [exitCode] : AFTER_CTRL_C).toContain(outcome.exitCode);
    },
  );

  test("git then runs the hook for staged files", async () => {
    expect(await clone.run("git config core.hooksPath")).toMatchObject({ output: ".githooks\n" });
  });
});

/** Each line once: several commands of the pages may be shown by one. */
function runs(): readonly (Row & { readonly line: string })[] {
  const byLine = Map.groupBy(ROWS, ({ command, run }) => run ?? String(command));
  return [...byLine].map(([line, rows]) => ({ ...Object.assign({}, ...rows.toReversed()), line }));
}
