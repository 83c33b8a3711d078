import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { DOCTOR_CHECKS as BROKER_CHECKS, SETTINGS } from "@databox-cmk/cloud-broker";
import { DOCTOR_CHECKS as AGENT_CHECKS } from "@databox-cmk/device-agent";
import { VERSION } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tracked = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const known = new Set(
  tracked.flatMap((path) =>
    path.split("/").map((_part, i, parts) => parts.slice(0, i + 1).join("/")),
  ),
);
const PAGES = tracked.filter((path) => path.endsWith(".md") && !path.startsWith(".ci/"));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
/** The page without its code blocks, whose links and headings are examples. */
const proseOf = (page: string): string => read(page).replaceAll(/^ *```.*?^ *```/gms, "");

/** An anchor as the forge makes it: lower case, no punctuation, a hyphen for each space. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
const anchors = new Map(
  PAGES.map((page) => [
    page,
    new Set(
      [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)),
    ),
  ]),
);

/** Relative links of a page: `[text](path#anchor)`. */
const linksOf = (page: string) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = "", anchor] = link.split("#");
      return { link, target: path === "" ? page : normalize(join(dirname(page), path)), anchor };
    });

/**
 * Paths of sources in backticks, such as `packages/errors/src/`. One star stands for a part of a
 * name.
 */
const SOURCE = /`((?:apps|packages|bench|deploy|docs|e2e|tools|vectors)\/[\w@.*/-]+)`/g;
const sourcesOf = (page: string): string[] =>
  [...proseOf(page).matchAll(SOURCE)]
    .map(([, path = ""]) => path.replace(/\/$/, ""))
    .filter((path) => !path.includes("/dist/"));
const isKnown = (path: string): boolean => {
  if (!path.includes("*")) return known.has(path);
  const [before = "", after = ""] = path.split("*");
  return [...known].some((each) => each.startsWith(before) && each.endsWith(after));
};

test("the pages have links and name source files", () => {
  expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(300);
  expect(PAGES.flatMap(sourcesOf).length).toBeGreaterThan(50);
});

/** Variables of a page's commands that neither it nor the broker's configuration set before. */
function unsetVariables(text: string): readonly string[] {
  const used = [...text.matchAll(/\$\{?([A-Z][A-Z_]+)|\benv\.([A-Z_]+)/g)];
  return used
    .map(({ 1: shell, 2: jq, index }) => ({
      name: shell ?? jq ?? "",
      before: text.slice(0, index),
    }))
    .filter(({ name, before }) => {
      const isSet = new RegExp(`(?:^ *(?:\\$ )?|export .*)\\b${name}=`, "m").test(before);
      return !isSet && !Object.hasOwn(SETTINGS, name) && !["HOME", "PWD"].includes(name);
    })
    .map(({ name }) => name);
}

test("a variable that no line sets is found", () => {
  expect(unsetVariables('export A_B=1 C_D=2\n$ E_F=3\necho "$A_B$C_D${E_F}$HOME"')).toEqual([]);
  expect(unsetVariables("echo $A_B\nexport A_B=1\njq env.C_D")).toEqual(["A_B", "C_D"]);
});

test.each(PAGES.filter((page) => page.startsWith("docs/operate/")))(
  "%s sets every variable that its commands use",
  (page) => {
    expect(unsetVariables(read(page))).toEqual([]);
  },
);

test.each([
  ["databox-agent doctor", AGENT_CHECKS],
  ["broker doctor", BROKER_CHECKS],
] as const)(
  "doctor.md has a row and a sample line for each check of %s, in their order",
  (heading, checks) => {
    const [, section = ""] = read("docs/operate/doctor.md").split(`\n## ${heading}\n`);
    const [, , ...rows] = section.split("\n## ")[0]?.match(/^\| [^|]+ \|/gm) ?? [];
    const documented = rows.flatMap((row) => row.slice(2, -2).split(", "));
    const titles = checks.map(({ title }) => title);
    expect(documented).toEqual(titles);
    const sample = section.split("\n## ")[0]?.matchAll(/^ [✓✗·] (.+?) {2,}/gm) ?? [];
    expect([...sample].map(([, title]) => title)).toEqual(titles);
  },
);

describe.each(PAGES)("%s", (page) => {
  test("links only to existing targets", () => {
    const dead = linksOf(page).filter(({ target, anchor }) => {
      if (!known.has(target.replace(/\/$/, ""))) return true;
      return (
        anchor !== undefined && target.endsWith(".md") && anchors.get(target)?.has(anchor) !== true
      );
    });
    expect(dead.map(({ link }) => link)).toEqual([]);
  });

  test("names only source paths that exist", () => {
    expect(sourcesOf(page).filter((path) => !isKnown(path))).toEqual([]);
  });
});

test("the pages name the packages and images of this version, and the changelog begins with it", () => {
  const named = PAGES.flatMap((page) => [
    ...read(page).matchAll(
      /(?:databox-agent_|databox-broker[:_]|databox-kubernetes-|azure-double[-:]|cmk-verify-|conformance-|release-|v)(\d+\.\d+\.\d+)(?=[_.]\D|-|`|\s|$)/gm,
    ),
  ]);
  expect(named.length).toBeGreaterThan(8);
  const overlay = "deploy/kubernetes/example";
  expect(read(`${overlay}/migration.yaml`)).toContain(`-migrate-${VERSION.replaceAll(".", "-")}\n`);
  expect(new Set(named.map(([, version]) => version))).toEqual(new Set([VERSION]));
  expect(/^## (.+)$/m.exec(read("CHANGELOG.md"))?.[1]).toBe(VERSION);
});
