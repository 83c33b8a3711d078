// The layer gate: an import may only run down, and no files may import each other in a circle.
// Prints one line for each breach, with both files, and exits 1 when there is one. Type-only and
// lazy imports count; tests do not.
//
// oxlint's import/no-cycle, the alternative, follows neither `import type` nor `await import()`,
// and knows no layers.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Layers of an app, ground first: folders or files below its `src/`; a path of two folders where a
 * district has layers of its own. A list inside the list is one layer: its members may not import
 * each other. Files directly in `src/` that are not named are the top. Every app has a row. A
 * package has none; circles are refused there too.
 */
export const LAYERS = {
  "apps/cloud-broker": [
    "core",
    "config",
    "load",
    "http",
    "keys",
    "store",
    "observability",
    "audit",
    "events",
    "custody",
    "callers",
    "azure",
    "orders",
    ["key-life/health", "key-life/campaigns"],
    "key-life/rotation",
    ["release/policy", "release/kill-switches", "release/limits"],
    "release/approvals",
    "release/message",
    ["release/enrolment", "release/journal", "release/leases", "release/passkey"],
    ["release/rekey", "release/unlock", "release/verdict"],
    "release/erasure",
    "release/offline",
    ["api/arm", "api/device", "api/front", "api/portal", "api/well-known"],
    ["api/openapi", "api/operator"],
    "run",
  ],
  "apps/device-agent": [
    ["core", "lean-zod"],
    "state",
    ["broker-client", "device-key", "volume"],
    "answers",
    "share",
    ["exchange", "journal"],
    "node",
    [
      "approval",
      "command-line",
      "commands",
      "doctor",
      "erase",
      "offline",
      "passkey",
      "prepare",
      "rekey",
    ],
    "unlock",
    "local-ui",
    "daemon",
    "run-command.ts",
    "program.ts",
    "bundle",
  ],
  "apps/azure-emulator": [
    ["core", "config.ts", "log.ts", "loopback-lookup.ts"],
    ["http", "state"],
    "faults",
    "dependencies.ts",
    ["control", "dns", "entra", "key-vault"],
    ["cli", "imds", "resource-manager"],
  ],
  "apps/device-emulator": ["core", "node"],
  "apps/local-stack": ["core", ["azure", "output", "use"], "stack", ["double", "story"]],
  "apps/virtual-appliance": [["core", "image"], "machine"],
  "apps/local-ui": [
    ["api", "checks", "core", "texts"],
    "state",
    "shell",
    ["journal", "lock", "network", "unlock"],
    ["certificates", "commands", "operation"],
    ["overview", "sign-in"],
    "frame",
  ],
  "apps/portal": [
    ["core", "focus"],
    ["api", "texts"],
    ["queries", "shell", "toasts"],
    ["custody", "help", "notices", "people"],
    "order",
    [
      "activity",
      "approvals",
      "device-details",
      "operator/kill-switches",
      "orders",
      "unlock-policy",
    ],
    ["encryption", "home", "operator/campaigns", "search", "unlock"],
    [
      "backup-keys",
      "create-order",
      "next-step",
      "operator/fleet",
      "operator/health",
      "operator/orders",
      "operator/organizations",
    ],
    ["contact", "key-health", "operator/operations", "overview", "troubleshooter"],
    "frame",
  ],
};

const SOURCES = ["{apps,packages}/*/src", "bench/src", "deploy", "e2e"].map(
  (folder) => `${folder}/**/*.{ts,tsx,mts}`,
);
const IMPORT =
  /(?:^\s*(?:import|export)\b[^"'`;]*?\bfrom\s+|^\s*import\s+|\bimport\s*\(\s*)"(\.{1,2}\/[^"]+)"/gm;

/**
 * @param {string} root - folder of the repository
 * @param {Record<string, (string | string[])[]>} layers
 * @returns {string[]} one sentence for each breach
 */
export function findBreaches(root, layers = LAYERS) {
  const imports = readImports(root);
  return [...findUpward(imports, layers), ...findCircles(imports)];
}

/** Source file → source files that it imports, both from the root, with forward slashes. */
function readImports(root) {
  const files = globSync(SOURCES, { cwd: root, exclude: (path) => path.endsWith("node_modules") })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => !/\.test(-d)?\.tsx?$/.test(path))
    .toSorted();
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const targets = [...readFileSync(join(root, file), "utf8").matchAll(IMPORT)]
        .map(([, path]) => posix.normalize(posix.join(dirname(file), path)))
        .filter((target) => known.has(target));
      return [file, [...new Set(targets)]];
    }),
  );
}

function findUpward(imports, layers) {
  return Object.entries(layers).flatMap(([app, order]) => {
    const own = [...imports].filter(([file]) => file.startsWith(`${app}/src/`));
    const placed = new Map(own.map(([file]) => [file, layerOf(file, app, order)]));
    const strangers = own
      .filter(([file]) => placed.get(file) === undefined)
      .map(([file]) => `${file} is in a folder that the layers of ${app} do not name`);
    const upward = own.flatMap(([file, targets]) => {
      const from = placed.get(file);
      return targets
        .filter((target) => {
          const to = placed.get(target);
          if (from === undefined || to === undefined) return false;
          return to.level > from.level || (to.level === from.level && to.name !== from.name);
        })
        .map((target) => `${file} imports ${target}, which is not below it`);
    });
    return [...strangers, ...upward];
  });
}

function layerOf(file, app, order) {
  const path = file.slice(`${app}/src/`.length);
  let found = path.includes("/") ? undefined : { level: order.length, name: "" };
  for (const [level, layer] of order.entries())
    for (const name of [layer].flat())
      if (`${path}/`.startsWith(`${name}/`) && name.length > (found?.name.length ?? 0))
        found = { level, name };
  return found;
}

/** Circles of files, by Tarjan's strongly connected components. */
function findCircles(imports) {
  const index = new Map();
  const lowest = new Map();
  const stack = [];
  const circles = [];
  const visit = (file) => {
    index.set(file, index.size);
    lowest.set(file, index.get(file));
    stack.push(file);
    for (const target of imports.get(file)) {
      if (!index.has(target)) {
        visit(target);
        lowest.set(file, Math.min(lowest.get(file), lowest.get(target)));
      } else if (stack.includes(target))
        lowest.set(file, Math.min(lowest.get(file), index.get(target)));
    }
    if (lowest.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle);
  };
  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles.map((circle) => `these files import each other: ${circle.toSorted().join(", ")}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = findBreaches(fileURLToPath(new URL("..", import.meta.url)));
  for (const breach of breaches) console.log(breach);
  if (breaches.length > 0) process.exit(1);
}
