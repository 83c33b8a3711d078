import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { LAYERS } from "./layers.mjs";
import { root } from "./set-up/paths.mjs";
import { readWorkspace } from "./workspace.mjs";

/** Apps whose folders are districts, each with a header (docs/design/architecture.md). */
const WITH_DISTRICTS = ["apps/azure-emulator", "apps/cloud-broker", "apps/device-agent"];

const folders: string[] = readWorkspace().map(({ folder }: { folder: string }) => folder);
const districts = WITH_DISTRICTS.flatMap((app) =>
  readdirSync(join(root, app, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${app}/src/${name}`),
);

test("the workspace has packages, and these apps have districts", () => {
  expect(folders.length).toBeGreaterThan(15);
  expect(districts.length).toBeGreaterThan(30);
});

test.each([...folders, ...districts])("%s has a README", (folder) => {
  expect(existsSync(join(root, folder, "README.md"))).toBe(true);
});

test.each(folders)("%s has a command that runs its tests", (folder) => {
  const { scripts } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  expect(scripts.test).toContain(` ${folder}/`);
});

test.each(folders.filter((folder) => folder.startsWith("apps/")))("%s has layers", (folder) => {
  expect(LAYERS).toHaveProperty([folder]);
});
