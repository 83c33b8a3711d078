import { execFile, execFileSync, spawnSync } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import {
  createAzureClients,
  createOrder,
  createTransport,
  createVaultAndKey,
  enableIdentity,
  openAz,
  type StackDescription,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { VERSION } from "@databox-cmk/protocol";
import { openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { readersNode } from "./documented-commands/clean-clone.ts";
import { createJsonClient } from "./fault-matrix/world/json-client.ts";
import { readStack } from "./harness/read-stack.ts";
import { EXAMPLE_SEED, examplesOf, README_CA, readSeed } from "./harness/readme-of-double.ts";
import { runInGroup, type StartCommand } from "./harness/start-command.ts";

const run = promisify(execFile);
const LOCAL_STACK = fileURLToPath(new URL("../apps/local-stack", import.meta.url));
const PACK = fileURLToPath(new URL("../deploy/broker/pack-npm.mjs", import.meta.url));
const PYTHON = "/usr/bin/python3";
const AZ = "/usr/bin/az";
const hasPython = requireTool(
  "python3-azure",
  spawnSync(PYTHON, ["-c", "import azure.keyvault.keys"]).status === 0,
);
const hasPytest = requireTool(
  "python3-pytest",
  spawnSync(PYTHON, ["-c", "import azure.keyvault.keys, pytest"]).status === 0,
);
const hasGo = requireTool("golang-go", spawnSync("go", ["version"]).status === 0);
const hasAz = requireTool("azure-cli", existsSync(AZ));
const FAULTS = [{ scope: { vault: "faulty" }, effect: { kind: "status", status: 429 } }];
/** Takes away globals that Node 22 lacks. */
const WITHOUT_NEWER = `for (const name of ["AsyncDisposableStack", "DisposableStack", "SuppressedError", "Float16Array"])
  delete globalThis[name];
delete Promise.try; delete RegExp.escape; delete Error.isError;`;
/** The day after Key Vault's older versions retire. */
const CLOCK = "2027-03-01T00:00:00Z";

const opened = new AsyncDisposableStack();
let folder: string;
let double: StartCommand;
let stack: StackDescription;
let port: string;
let usersEnvironment: NodeJS.ProcessEnv;
let tarball: string;

/** Packed, and run by npx in a folder and with a cache of its own: no clone, no network. */
beforeAll(async () => {
  folder = opened.use(openTemporaryFolder()).path;
  // In a folder of its own, since others may use the package of the working tree.
  await run(process.execPath, [PACK, "--out", folder]);
  usersEnvironment = {
    // npm is the machine's; its Node may be older than the double's oldest.
    PATH: `${dirname(process.execPath)}:${readersNode()}:/usr/bin:/bin`,
    HOME: folder,
    npm_config_cache: join(folder, "npm"),
    npm_config_update_notifier: "false",
  };
  const older = join(folder, "older.cjs");
  writeFileSync(older, WITHOUT_NEWER);
  const seed = join(folder, "seed.json");
  const fault = join(folder, "faults.json");
  writeFileSync(seed, JSON.stringify(readSeed()));
  writeFileSync(fault, JSON.stringify(FAULTS));
  tarball = join(folder, `databox-cmk-azure-double-${VERSION}.tgz`);
  const ports = ["--port", "--broker-port", "--imds-port", "--dns-port"].flatMap((name) => [
    name,
    "0",
  ]);
  const options = ["--seed", seed, "--fault", fault, "--clock", CLOCK];
  double = opened.use(
    runInGroup(
      "npx",
      ["--yes", "--offline", "--package", tarball, "azure-double", ...ports, ...options],
      { cwd: folder, env: { ...usersEnvironment, NODE_OPTIONS: `--require ${older}` } },
    ),
  );
  await double.text("ready: ");
  stack = readStack(join(folder, ".local/stack.json"));
  ({ port } = new URL(stack.armUrl));
});
afterAll(() => opened.disposeAsync());

const examples = (language: string) => examplesOf(language, port);
/** Runs the example that has this text. */
const runShell = (part: string, env: NodeJS.ProcessEnv = process.env) => {
  const lines = examples("sh").find((block) => block.includes(part)) ?? "";
  return run("bash", ["-euo", "pipefail", "-c", lines], { cwd: folder, env });
};

test("all of the cloud is there when it says that it is ready", async () => {
  using transport = createTransport(readFileSync(stack.caFile, "utf8"));
  const call = createJsonClient(transport.agent);
  expect(await call("GET", `${stack.emulatorControlUrl}/health`)).toMatchObject({
    status: 200,
    body: { status: "ready" },
  });
  expect(await call("GET", `${stack.emulatorControlUrl}/faults`)).toMatchObject({
    body: { value: FAULTS },
  });
  expect(await call("GET", `${stack.emulatorControlUrl}/clock`)).toMatchObject({
    body: { now: expect.stringMatching(/^2027-03-01T/) },
  });
  const dns = new Resolver();
  dns.setServers([stack.dnsServer]);
  expect(await dns.resolve4("contoso.vault.localhost")).toEqual(["127.0.0.1"]);
  const token = await fetch(
    `${stack.imdsUrl}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${stack.armUrl}`,
    { headers: { metadata: "true" } },
  );
  expect(token.status).toBe(200);
});

test("an order of Microsoft.DataBox takes the customer's key", async () => {
  const [[clientId, { secret, objectId }] = ["", { secret: "", objectId: "" }]] = Object.entries(
    readSeed().applications,
  );
  const client = { role: "", clientId, clientSecret: secret };
  using customer = createAzureClients(stack, readFileSync(stack.caFile, "utf8"), client);
  const context = {
    customer,
    customerObjectId: objectId,
    stack,
    report: () => undefined,
  };
  const order = await createOrder(context, "double-1");
  const key = await createVaultAndKey(context, "doublevault", 2048);
  await key.grant(await enableIdentity(context, order));
  await useCustomerKey(context, order, key);
  const job = await customer.dataBox.jobs.get(stack.resourceGroup, order.name, {
    expand: "details",
  });
  expect(job.details?.keyEncryptionKey).toMatchObject({
    kekType: "CustomerManaged",
    kekUrl: key.kid,
  });
});

test("the README's examples for curl and JavaScript work as they stand", async () => {
  const shell = await runShell("json ");
  expect(shell.stdout).toContain(`{"kid":"https://contoso.${stack.vaultSuffix}/keys/seeded"`);
  const [script = ""] = examples("ts").map((block) => block.replaceAll(README_CA, stack.caFile));
  // The SDK is found from there.
  const cwd = LOCAL_STACK;
  const made = await run(process.execPath, ["--input-type=module", "-e", script], { cwd });
  expect(made.stdout).toMatch(
    new RegExp(`^https://contoso.${stack.vaultSuffix}/keys/kek/[0-9a-f]{32}\n`, "u"),
  );
});

test.skipIf(!hasPython)("the README's example for Python works as it stands", async () => {
  const [script = ""] = examples("python");
  const made = await run(PYTHON, ["-c", script], { cwd: folder });
  expect(made.stdout).toMatch(
    new RegExp(`^https://contoso.${stack.vaultSuffix}/keys/kek/[0-9a-f]{32}\n$`, "u"),
  );
});

test.skipIf(!hasAz)("the README's example for az works as it stands", async () => {
  const env = await openAz(AZ, stack, {
    folder: join(folder, "az"),
    role: "Owner",
    surroundings: { PATH: "/usr/bin:/bin" },
  });
  const made = await runShell("az cloud register", env);
  expect(made.stdout).toContain(`https://fabrikam.${stack.vaultSuffix}/keys/kek/`);
});

test.each(["csharp", "java", "powershell"])(
  "the README's example in %s names what is there",
  (language) => {
    const [block = ""] = examples(language);
    const hosts = [...block.matchAll(/https:\/\/([^/:"]+):(\d+)/gu)].map(([, host, at]) => [
      host,
      at,
    ]);
    expect(hosts.length).toBeGreaterThan(1);
    for (const [host, at] of hosts) {
      expect(["login", "arm", "vault", "contoso.vault"]).toContain(host?.replace(".localhost", ""));
      expect(at).toBe(port);
    }
  },
);

/** An empty project with the packed double, in which the examples of its README are files. */
function openProject(): string {
  const project = join(folder, "project");
  if (existsSync(project)) return project;
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), "{}");
  execFileSync("npm", ["install", "--offline", tarball], { cwd: project, env: usersEnvironment });
  // Azure's SDK, which a user fetches.
  symlinkSync(join(LOCAL_STACK, "node_modules/@azure"), join(project, "node_modules/@azure"));
  return project;
}
const lastExample = (language: string) => examples(language).at(-1) ?? "";

test("JavaScript in an empty project has its first key in ten lines", async () => {
  const project = openProject();
  const inPackage = (name: string) =>
    readFileSync(join(project, "node_modules/@databox-cmk/azure-double", name), "utf8");
  expect(inPackage("LICENCES.txt")).toMatch(/^MIT:\n(?: {2}\S+ \S+\n)+/mu);
  expect(inPackage("README.md")).toContain("(REFERENCE.md#seed)");
  expect(inPackage("REFERENCE.md")).toContain("## Seed");
  for (const page of ["README.md", "REFERENCE.md"])
    expect(inPackage(page)).not.toMatch(/\]\((?!https?:|#|REFERENCE\.md)/u);
  const script = lastExample("js");
  const withoutImports = script.split("\n").filter((line) => /^(?!import ).+/u.test(line));
  expect(withoutImports.length).toBeLessThanOrEqual(10);
  writeFileSync(join(project, "first.mjs"), script);
  const made = await run("node", ["first.mjs"], { cwd: project, env: usersEnvironment });
  expect(made.stdout).toMatch(
    /^https:\/\/contoso\.vault\.localhost:\d+\/keys\/kek\/[0-9a-f]{32}\n$/u,
  );
  expect(readFileSync(join(project, ".local/.gitignore"), "utf8")).toBe("*\n");
});

test("TypeScript reads its types, and CommonJS starts, resets and ends it", async () => {
  const project = openProject();
  const script = `require("@databox-cmk/azure-double").startDouble().then(async (double) => {
    await double.reset();
    await double.close();
    console.log(double.armUrl);
  });`;
  const ran = await run("node", ["-e", script], { cwd: project, env: usersEnvironment });
  expect(ran.stdout).toMatch(/^https:\/\/arm\.localhost:\d+\n$/u);
  const typed = `import { startDouble } from "@databox-cmk/azure-double";
    export const url: Promise<string> = startDouble({ clock: "P1D" }).then(({ armUrl }) => armUrl);`;
  writeFileSync(join(project, "typed.ts"), typed);
  const compiler = join(LOCAL_STACK, "node_modules/.bin/tsc");
  const options = [
    "--strict",
    "--noEmit",
    "--module",
    "nodenext",
    "--types",
    "",
    "--lib",
    "es2024",
  ];
  await run(compiler, [...options, "typed.ts"], { cwd: project });
  const version = await run("npx", ["--offline", "azure-double", "--version"], {
    cwd: project,
    env: usersEnvironment,
  });
  expect(version.stdout).toContain(`azure-double/${VERSION} (`);
  expect(version.stdout).not.toContain("unknown revision");
});

test.skipIf(!hasPytest)("Python in an empty project has it as a fixture of pytest", async () => {
  const project = openProject();
  writeFileSync(join(project, "pytest.ini"), lastExample("ini"));
  writeFileSync(join(project, "conftest.py"), 'pytest_plugins = ["azure_double"]\n');
  writeFileSync(join(project, "test_first.py"), lastExample("python"));
  const tested = await run(PYTHON, ["-m", "pytest", "-q", "-p", "no:cacheprovider"], {
    cwd: project,
    env: usersEnvironment,
  });
  expect(tested.stdout).toContain("2 passed");
});

test.skipIf(!hasGo)("Go in an empty project has it as a package of its tests", async () => {
  const module = join(openProject(), "demo");
  cpSync(
    join(module, "../node_modules/@databox-cmk/azure-double/fixtures/azuredouble"),
    join(module, "azuredouble"),
    { recursive: true },
  );
  writeFileSync(join(module, "go.mod"), "module example.com/demo\n\ngo 1.21\n");
  writeFileSync(join(module, "first_test.go"), lastExample("go"));
  // Not optimised: to compile the standard library takes far longer than the test.
  const quickly = ["-v", "-vet=off", "-gcflags=all=-N -l", "-ldflags=-s -w"];
  const tested = await run("go", ["test", ...quickly, "."], {
    cwd: module,
    env: {
      ...usersEnvironment,
      CGO_ENABLED: "0",
      GOGC: "400",
      GOCACHE: join(homedir(), ".cache/go-build"),
      GOPROXY: "off",
    },
  });
  expect(tested.stdout).toContain("--- PASS: TestAFirstKey");
});

test("a Node that is too old is told the one that it needs", async () => {
  const script = `Object.defineProperty(process.versions, "node", { value: "22.14.0" });
    require("@databox-cmk/azure-double").startDouble().catch(({ message }) => console.log(message));`;
  const told = await run("node", ["-e", script], { cwd: openProject(), env: usersEnvironment });
  expect(told.stdout).toBe("azure-double needs Node 22.15 or newer; this is 22.14.0\n");
});

test("the seed that is named example is the one that the README shows", () => {
  expect(examples("json").map((block) => JSON.parse(block))).toEqual([EXAMPLE_SEED]);
});

test("a taken port is named with the option that chooses another", async () => {
  const failed = run("npx", ["--offline", "--package", tarball, "azure-double", "--port", port], {
    cwd: folder,
    env: usersEnvironment,
  });
  await expect(failed).rejects.toMatchObject({
    stderr: expect.stringContaining(
      `port ${port} of 127.0.0.1 is in use: stop what uses it, or choose another with --port (0`,
    ),
  });
});

test("a reset removes all that came after the seed, and keeps the clients", async () => {
  using transport = createTransport(readFileSync(stack.caFile, "utf8"));
  const call = createJsonClient(transport.agent);
  expect(await call("POST", `${stack.emulatorControlUrl}/reset`)).toMatchObject({ status: 204 });
  const shell = await runShell("json ");
  // The seeded key is there again, the orders and vaults of the tests before are not.
  expect(shell.stdout).toContain('{"value":[]}');
  expect(shell.stdout).toContain(`{"kid":"https://contoso.${stack.vaultSuffix}/keys/seeded"`);
  expect(await call("GET", `${stack.emulatorControlUrl}/faults`)).toMatchObject({
    body: { value: FAULTS },
  });
});

test("Ctrl-C ends all of its processes", async () => {
  double.interrupt();
  await double.ended;
  await expect.poll(() => double.isAlive()).toBe(false);
});
