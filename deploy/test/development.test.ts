import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const PACKAGES = "tools/set-up/debian-packages.json";

test("the development container installs the Debian packages from the set-up's own list", () => {
  const { build } = z
    .object({ build: z.object({ dockerfile: z.string(), context: z.string() }) })
    .parse(JSON.parse(read(".devcontainer/devcontainer.json")));
  expect(build).toEqual({ dockerfile: "Dockerfile", context: ".." });
  const dockerfile = read(`.devcontainer/${build.dockerfile}`);
  expect(dockerfile).toContain(`COPY ${PACKAGES} /tmp/`);
  expect(dockerfile).toMatch(
    /node -p 'Object\.keys\(require\("\/tmp\/debian-packages\.json"\)\)[^']*' \\\n *\| xargs apt-get install/,
  );
  expect(read("tools/set-up/install-test-packages.mjs")).toContain('"debian-packages.json"');
  const packages = z
    .record(z.string(), z.array(z.string()).min(1))
    .parse(JSON.parse(read(PACKAGES)));
  expect(Object.keys(packages).length).toBeGreaterThan(20);
});

test("every container of the forge is the development container's, named by its digest", () => {
  const [, image = ""] = /^FROM (\S+)$/m.exec(read(".devcontainer/Dockerfile")) ?? [];
  expect(image).toMatch(/^node:24-trixie@sha256:[0-9a-f]{64}$/);
  const files = readdirSync(join(root, ".github/workflows"));
  const images = files.flatMap((file) => [
    ...read(`.github/workflows/${file}`).matchAll(/^ +(?:container|image): *(\S+)$/gm),
  ]);
  expect(images.map(([, named]) => named)).toEqual([image, image, image, image]);
});

test("every action of the forge is named by its commit, and the weekly audit must be answered", () => {
  const files = readdirSync(join(root, ".github/workflows"));
  const actions = files.flatMap((file) =>
    [...read(`.github/workflows/${file}`).matchAll(/uses: ([\w-]\S+)/g)].map(([, name]) => name),
  );
  expect(actions.length).toBeGreaterThan(5);
  for (const action of actions) expect(action).toMatch(/@[0-9a-f]{40}$/);
  expect(read(".github/workflows/advisories.yml")).toContain(
    "github.event_name == 'schedule' && '--must-answer'",
  );
});

test("version managers choose the Node that the set-up brings", () => {
  const { catalog, nodeVersion } = z
    .object({ catalog: z.object({ node: z.string() }), nodeVersion: z.string() })
    .parse(parse(read("pnpm-workspace.yaml")));
  expect(read(".node-version").trim()).toBe(catalog.node);
  expect(nodeVersion).toBe(catalog.node);
});

test("the forge runs what every other machine runs: the gates, and each project of the tests once", () => {
  const step = z.object({ uses: z.string().optional(), run: z.string().optional() });
  const include = z.array(z.object({ part: z.string() }));
  const strategy = z.object({ matrix: z.object({ include }) });
  const part = z.object({ strategy, steps: z.array(step) });
  const { jobs } = z
    .object({ jobs: z.strictObject({ part, flaky: z.object({ needs: z.literal("part") }) }) })
    .parse(parse(read(".github/workflows/ci.yml")));
  expect(jobs.part.steps).toContainEqual({ run: ".ci/run ${{ matrix.part }}" });
  const parts = jobs.part.strategy.matrix.include.flatMap((one) => one.part.split(" "));
  const projects = [...read("vitest.config.ts").matchAll(/^ +name: "(\w+)",$/gm)];
  expect(parts).toEqual(["gates", ...projects.map(([, name]) => `--project=${String(name)}`)]);
  expect(statSync(join(root, ".ci/run")).mode & 0o111).toBe(0o111);
});

test("the workflow of a release, which no forge has run, has whole steps that exist here", () => {
  const step = z.union([
    z.looseObject({ uses: z.string().regex(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/) }),
    z.looseObject({ run: z.string(), uses: z.undefined().optional() }),
  ]);
  const needs = z.enum(["test", "make", "verify"]);
  const job = z.looseObject({ needs, "timeout-minutes": z.number(), steps: z.array(step) });
  const onlyReads = job.extend({ permissions: z.undefined().optional() });
  const { jobs } = z
    .object({
      permissions: z.strictObject({ contents: z.literal("read") }),
      jobs: z.strictObject({
        test: z.strictObject({ uses: z.literal("./.github/workflows/ci.yml") }),
        make: onlyReads,
        verify: onlyReads,
        publish: job,
      }),
    })
    .parse(parse(read(".github/workflows/release.yml")));
  expect(parse(read(jobs.test.uses))).toHaveProperty("on.workflow_call");
  const runs = [jobs.make, jobs.verify, jobs.publish].flatMap(({ steps }) =>
    steps.flatMap((one) => ("run" in one && typeof one.run === "string" ? [one.run] : [])),
  );
  const { scripts } = z
    .object({ scripts: z.looseObject({}) })
    .parse(JSON.parse(read("package.json")));
  for (const run of runs) {
    const bash = spawnSync("bash", ["-n"], { input: run.replaceAll(EXPRESSION, "x") });
    expect({ run, said: String(bash.stderr) }).toEqual({ run, said: "" });
    for (const [, script = ""] of run.matchAll(/\bnpm run (\S+)/g))
      expect(scripts).toHaveProperty([script]);
  }
  // Names that others choose come by the environment, not into the text of a shell.
  const inserted = new Set(runs.flatMap((run) => run.match(EXPRESSION) ?? []));
  expect([...inserted]).toEqual(["${{ matrix.architecture }}"]);
});

const EXPRESSION = /\$\{\{[^}]*\}\}/g;

test.each(["pre-commit", "commit-msg"])(
  "git can run the hook %s that the set-up offers",
  (hook) => {
    expect(read("tools/set-up/set-up.mjs")).toContain('".githooks"');
    expect(statSync(join(root, ".githooks", hook)).mode & 0o111).toBe(0o111);
  },
);

test.each(
  ["apps", "packages"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  ),
)("%s says in a README what it answers and how to test it", (folder) => {
  const text = read(`${folder}/README.md`);
  expect(text).toMatch(/^# \S/);
  expect(text).toContain(`npm test -- ${folder}/`);
});
