// Stands in for kubectl in a test of pages: keeps objects in the file $CLUSTER, builds overlays by
// kustomize, and refuses what a cluster refuses: a change of a Job, an object without its
// namespace, and pods whose secrets are missing never start.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";

import { parseAllDocuments } from "yaml";

const text = { type: "string" };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    namespace: text,
    kustomize: { ...text, short: "k" },
    selector: text,
    output: text,
    for: text,
    timeout: text,
    cert: text,
    key: text,
    "from-file": { ...text, multiple: true },
  },
});
const file = process.env["CLUSTER"];
const objects = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const [verb, ...words] = positionals;
const CLUSTER_WIDE = new Set(["Namespace", "PersistentVolume"]);

const fail = (message) => {
  console.error(`kubectl: ${message}`);
  process.exit(1);
};
const find = (name) => objects[name] ?? fail(`${name} is not found`);
const build = () =>
  parseAllDocuments(execFileSync("kustomize", ["build", values.kustomize], { encoding: "utf8" }))
    .map((document) => document.toJS())
    .toSorted(
      (one, other) => Number(other.kind === "Namespace") - Number(one.kind === "Namespace"),
    );
const nameOf = ({ kind, metadata }) => `${kind}/${metadata.name}`;

function put(object) {
  const name = nameOf(object);
  if (!CLUSTER_WIDE.has(object.kind)) find(`Namespace/${object.metadata.namespace}`);
  const former = objects[name];
  if (object.kind === "Job" && former && !isDeepStrictEqual(former.spec, object.spec))
    fail(`${name}: field is immutable`);
  objects[name] = object;
}

/** Its pods start when all secrets that they mount are there. */
function requireStarted(name) {
  const { spec } = find(name).spec.template;
  for (const { secret } of spec.volumes ?? [])
    if (secret && !secret.optional) find(`Secret/${secret.secretName}`);
}

function readFiles() {
  const paths = values["from-file"] ?? [values.cert, values.key];
  const named = paths.flatMap((given) => {
    const [name, path = name] = given.split("=");
    if (!statSync(path).isDirectory()) return [[basename(name), path]];
    return readdirSync(path).map((each) => [each, join(path, each)]);
  });
  return Object.fromEntries(named.map(([name, path]) => [name, readFileSync(path, "base64")]));
}

const COMMANDS = {
  create([kind, ...rest]) {
    const name = rest.at(-1);
    const metadata = { name, namespace: values.namespace };
    if (kind === "namespace") put({ kind: "Namespace", metadata });
    else put({ kind: "Secret", metadata, data: readFiles() });
  },
  apply() {
    const [label, value] = values.selector?.split("!=") ?? [];
    for (const object of build())
      if (label === undefined || object.metadata.labels?.[label] !== value) put(object);
  },
  wait: ([target]) => requireStarted(target.replace("job/", "Job/")),
  rollout: ([, target]) => requireStarted(target.replace("deployment/", "Deployment/")),
  exec: ([target]) => requireStarted(target.replace("deployment/", "Deployment/")),
  get: ([, name]) => console.log(JSON.stringify(find(`Secret/${name}`))),
  delete([kind, name]) {
    if (kind === "job") {
      find(`Job/${name}`);
      delete objects[`Job/${name}`];
      return;
    }
    const gone = new Set(build().map(nameOf));
    for (const [each, { metadata }] of Object.entries(objects))
      if (gone.has(each) || gone.has(`Namespace/${metadata.namespace}`)) delete objects[each];
  },
};

const run = COMMANDS[verb] ?? fail(`no command ${verb}`);
run(words);
writeFileSync(file, JSON.stringify(objects));
