import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { VERSION } from "@databox-cmk/protocol";
import { openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

const hasKustomize = requireTool("kustomize", existsSync("/usr/bin/kustomize"));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BROKER = join(ROOT, "apps/cloud-broker/src/main.ts");
const PAGE = join(ROOT, "docs/operate/deploy-kubernetes.md");
const KUBECTL = fileURLToPath(new URL("kubectl.mjs", import.meta.url));
const MARK = /^<!-- run by deploy\/test\/kubernetes-commands.test.ts -->\n+```\n([^]*?)^```$/gm;
const LAYOUT = fileURLToPath(new URL("../broker/image-layout.mjs", import.meta.url));
/** A signed image, as `npm run image` writes it. */
const PUT_IMAGE = `
const [, layoutFile, folder, version] = process.argv;
const layout = (await import(layoutFile)).createLayout(folder);
const { digest } = layout.addImage(version, { config: { version } }, []);
layout.addSigned("sigs", []);
layout.close();
process.stdout.write(digest);
`;

/** An operator's folder with the unpacked bundle of the release, and a cluster that keeps objects. */
function openOperator() {
  const folder = openTemporaryFolder();
  const bundle = join(folder.path, `databox-kubernetes-${VERSION}`);
  for (const part of ["kubernetes", "observability"])
    cpSync(join(ROOT, "deploy", part), join(bundle, "deploy", part), { recursive: true });
  for (const name of ["tls.crt", "tls.key", "serve-password", "migrate-password"])
    writeFileSync(join(bundle, name), name);
  const bin = join(folder.path, "bin");
  mkdirSync(bin);
  for (const [name, script] of [
    ["kubectl", KUBECTL],
    ["broker", BROKER],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const cluster = join(folder.path, "cluster.json");
  const env = { PATH: `${bin}:/usr/bin:/bin`, CLUSTER: cluster };
  return {
    bundle,
    /** Makes the folder of an image beside the bundle. @returns its digest */
    putImage: (version: string): string => {
      const image = join(folder.path, "databox-broker");
      const words = ["--input-type=module", "--eval", PUT_IMAGE, LAYOUT, image, version];
      return execFileSync(process.execPath, words, { encoding: "utf8" });
    },
    run: (script: string, cwd = bundle) =>
      execFileSync("/bin/sh", ["-euc", script], { cwd, env, encoding: "utf8", stdio: "pipe" }),
    objects: () => JSON.parse(readFileSync(cluster, "utf8")) as Record<string, { spec: never }>,
    [Symbol.dispose]: () => {
      folder[Symbol.dispose]();
    },
  };
}

test.skipIf(!hasKustomize)(
  "the broker is installed, updated and removed on Kubernetes by the commands as printed",
  () => {
    const blocks = [...readFileSync(PAGE, "utf8").matchAll(MARK)].map(([, block = ""]) => block);
    const [install = "", update = "", endWayBack = "", remove = ""] = blocks;
    expect(blocks).toHaveLength(4);
    using operator = openOperator();
    const { run, objects, bundle, putImage } = operator;
    const containersOf = (name: string) =>
      Object(objects()[name]).spec.template.spec.containers[0] as Record<string, unknown>;
    const imageOf = (name: string): unknown => containersOf(name)["image"];

    const installed = putImage(VERSION);
    run(install, join(bundle, ".."));
    const first = Object.keys(objects());
    expect(first).toEqual(
      expect.arrayContaining([
        "Deployment/databox-broker",
        `Job/databox-broker-migrate-${VERSION.replaceAll(".", "-")}`,
      ]),
    );
    // The files of the keys are in the secret alone.
    expect(run("ls keys")).toBe("");

    expect(imageOf("Deployment/databox-broker")).toMatch(`@${installed}`);
    const updated = putImage("0.3.0");
    expect(updated).not.toBe(installed);
    run(update);
    expect(Object.keys(objects()).filter((name) => !first.includes(name))).toEqual([
      "Job/databox-broker-migrate-0-3-0",
    ]);
    for (const name of ["Deployment/databox-broker", "Job/databox-broker-migrate-0-3-0"])
      expect(imageOf(name)).toMatch(`@${updated}`);

    run(endWayBack);
    const job = containersOf("Job/databox-broker-migrate-0-3-0");
    expect(job["args"]).toEqual(["migrate", "--no-way-back"]);
    const { args = [] } = job as { args?: readonly string[] };
    // The broker's own words for it.
    expect(run(`broker ${args.slice(0, 1).join(" ")} --help`)).toContain(args[1]);

    run(remove);
    expect(Object.keys(objects())).toEqual([]);
    expect(
      JSON.parse(readFileSync(join(bundle, "databox-broker-keys.json"), "utf8")).data,
    ).toHaveProperty(["broker-signing-key.pem"]);
  },
);
