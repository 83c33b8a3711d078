import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const DOCS = new URL("../../docs/", import.meta.url);

/**
 * The shell blocks of a section of a page, as a reader copies them.
 *
 * @param page - below `docs/`
 */
export function shellBlocks(page: string, title: string): readonly string[] {
  const text = readFileSync(new URL(page, DOCS), "utf8");
  const [, rest = ""] = text.split(new RegExp(`^#+ ${title}\n`, "m"));
  const [section = ""] = rest.split(/^#+ /m);
  return [...section.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, block = ""]) => block);
}

/**
 * Runs a block in a folder, and stops at the first command that fails.
 *
 * @param typed - the input of a program that asks, which has no terminal
 */
export function runShell(folder: string, script: string | undefined, typed = ""): string {
  const { status, stdout, stderr } = spawnSync(
    "setsid",
    ["--wait", "sh", "-euc", script ?? "exit 1"],
    {
      cwd: folder,
      encoding: "utf8",
      input: typed,
    },
  );
  if (status !== 0) throw new Error(`${String(status)}: ${stderr}`);
  return stdout;
}
