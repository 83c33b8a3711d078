import { execFile, spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { generateSigningKey, signMessage } from "@databox-cmk/crypto";
import { ACTIVITY_HEAD_TYPE, EVIDENCE_FILES, VERSION } from "@databox-cmk/protocol";
import { openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { readersNode } from "./documented-commands/clean-clone.ts";

const run = promisify(execFile);
const PACK = fileURLToPath(new URL("../deploy/broker/pack-npm.mjs", import.meta.url));
const ACTIVITY = fileURLToPath(new URL("../vectors/activity.jsonl", import.meta.url));
const hasPython = requireTool("python3", spawnSync("python3", ["--version"]).status === 0);

test.skipIf(!hasPython)(
  "the packed verifier proves an archive of another program, run by npx without a network",
  async () => {
    using folder = openTemporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await run(process.execPath, [PACK, "--verifier", "--out", folder.path]);
    copyFileSync(ACTIVITY, at(EVIDENCE_FILES.activity));
    const {
      sequence,
      hash,
      at: madeAt,
      row,
    } = JSON.parse(readFileSync(ACTIVITY, "utf8").trim().split("\n").at(-1) ?? "") as {
      sequence: number;
      hash: string;
      at: string;
      row: { chain: string };
    };
    const { key } = generateSigningKey();
    const head = { chain: row.chain, length: sequence, head: hash, at: madeAt };
    writeFileSync(at(EVIDENCE_FILES.head), await signMessage(key, ACTIVITY_HEAD_TYPE, head));
    writeFileSync(at(EVIDENCE_FILES.keys), JSON.stringify({ keys: [key.publicJwk] }));
    const { activity, head: signed, keys } = EVIDENCE_FILES;
    const zip = ["-m", "zipfile", "-c", "evidence.zip", activity, signed, keys];
    await run("python3", zip, { cwd: folder.path });

    const tarball = at(`databox-cmk-verify-${VERSION}.tgz`);
    const verify = (...words: readonly string[]) =>
      run("npx", ["--yes", "--offline", "--package", tarball, "databox-verify", ...words], {
        cwd: folder.path,
        env: {
          PATH: `${readersNode()}:/usr/bin:/bin`,
          HOME: folder.path,
          npm_config_cache: at("npm"),
          npm_config_update_notifier: "false",
        },
      });
    const { stdout } = await verify("evidence.zip", "--allow-gaps");
    expect(stdout).toMatch(/^ok .*: 33 rows, /);
    expect(stdout).toContain(`keys of the service: ${key.kid}, from the package itself`);
    expect(stdout).toContain(`signed end: row 33 at ${madeAt}`);
    await expect(verify(activity)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("activity.jsonl cannot be read as a ZIP archive (Misuse)"),
    });
  },
);
