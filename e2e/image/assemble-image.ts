import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ASSEMBLE = fileURLToPath(new URL("../../deploy/broker/assemble.mjs", import.meta.url));
/** Its path in the base image of the Containerfile. */
export const NODE_IN_IMAGE = "/nodejs/bin/node";

/**
 * The root file system of the image: the steps of the Containerfile, and of its base image what a
 * bare Node needs (its shared libraries, an account, the public certificate authorities). There is
 * no shell in it, nor any other program.
 */
export function assembleImage(root: string): void {
  execFileSync(process.execPath, [ASSEMBLE, join(root, "app")], { stdio: ["ignore", 2, 2] });
  const node = realpathSync(process.execPath);
  place(root, node, NODE_IN_IMAGE);
  for (const library of sharedLibraries(node)) place(root, library, library);
  mkdirSync(join(root, "etc", "ssl", "certs"), { recursive: true });
  writeFileSync(join(root, "etc", "passwd"), "nonroot:x:65532:65532:nonroot:/:/sbin/nologin\n");
  cpSync(
    "/etc/ssl/certs/ca-certificates.crt",
    join(root, "etc", "ssl", "certs", "ca-certificates.crt"),
  );
  for (const mountPoint of ["data", "tls", "tmp", "proc", "dev"]) mkdirSync(join(root, mountPoint));
  chmodSync(root, 0o755);
}

function place(root: string, from: string, to: string): void {
  const path = join(root, to);
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(realpathSync(from), path);
  chmodSync(path, 0o755);
}

/**
 * As the dynamic loader names them: `libm.so.6 => /lib/…/libm.so.6 (0x…)`, and the loader itself
 * without an arrow.
 */
function sharedLibraries(program: string): readonly string[] {
  const listed = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}
