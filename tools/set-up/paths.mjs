import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** The folder in which npm and pnpm put the tools of the project. */
export const tools = join(root, "node_modules", ".bin");
/** The pnpm of this project, for example `pnpm@12.21.0`. */
export const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The environment in which `node`, `pnpm`, `turbo` and the other tools are the project's own. */
export function toolEnvironment() {
  const path = process.env["PATH"] ?? "";
  if (path.split(delimiter)[0] === tools) return { ...process.env };
  return { ...process.env, PATH: `${tools}${delimiter}${path}` };
}
