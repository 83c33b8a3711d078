import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const NOBODY = 65_534;
const READS_SOURCE = `require("node:fs").accessSync(${JSON.stringify(fileURLToPath(import.meta.url))})`;

/**
 * User id whose rights the file system checks: root passes every check, so root becomes `nobody`.
 * Undefined if that is impossible, because `nobody` cannot read this working tree.
 */
export const strangerUid: number | undefined = findStranger();

function findStranger(): number | undefined {
  const own = process.getuid?.();
  if (own !== 0) return own;
  const trial = spawnSync(process.execPath, ["-e", READS_SOURCE], { uid: NOBODY, gid: NOBODY });
  return trial.status === 0 ? NOBODY : undefined;
}
