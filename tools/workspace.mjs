// The packages of the workspace, as their manifests describe them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./set-up/paths.mjs";

/**
 * @returns every package with its folder, relative to the root, and the names of all packages of
 * the workspace that it depends on, also through others
 */
export function readWorkspace() {
  const folders = ["apps", "packages"]
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .concat("e2e", "bench", "deploy")
    .filter((folder) => existsSync(join(root, folder, "package.json")));
  const manifests = new Map(
    folders.map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const uses = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter(([, version]) => version.startsWith("workspace:"))
        .map(([name]) => name);
      return [manifest.name, { name: manifest.name, folder, uses }];
    }),
  );
  const reach = (name, found = new Set()) => {
    for (const used of manifests.get(name)?.uses ?? [])
      if (!found.has(used)) reach(used, found.add(used));
    return found;
  };
  return [...manifests.values()].map(({ name, folder }) => ({
    name,
    folder,
    dependencies: [...reach(name)],
  }));
}
