import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { systemCodeOf } from "@databox-cmk/errors";

import type { StackDescription } from "../core/stack-description.ts";

/** `*.localhost` does not resolve everywhere, and Python asks the system only. */
const SITE_CUSTOMIZE = `import socket
_resolve = socket.getaddrinfo
def _loopback(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    return _resolve("127.0.0.1" if name and name.endswith(".localhost") else host, *args, **kwargs)
socket.getaddrinfo = _loopback
`;
/** Names the client that is signed in, so that a new stack signs in again. */
const MARKER = "signed-in-as";
const run = promisify(execFile);

/**
 * Azure CLI with a folder of its own, told of the stack's cloud and signed in as one of its
 * clients. Signs in once for each stack.
 *
 * @param program - `az`, or its path
 * @param folder - is made, and emptied if it belongs to an earlier stack
 * @param surroundings - environment of the process
 * @returns the environment in which az uses this stack, and nothing of the user's own Azure
 * @throws {Error} with what az printed, when it is missing or does not sign in
 */
export async function openAz(
  program: string,
  {
    armUrl,
    caFile,
    tenantId,
    clients,
  }: Pick<StackDescription, "armUrl" | "caFile" | "clients" | "tenantId">,
  {
    folder,
    role,
    surroundings,
  }: {
    readonly folder: string;
    readonly role: string;
    readonly surroundings: Readonly<Record<string, string | undefined>>;
  },
): Promise<Readonly<Record<string, string>>> {
  const client = clients.find((each) => each.role === role);
  if (client === undefined)
    throw new Error(
      `no client has the role "${role}": expected one of ${clients.map((each) => each.role).join(", ")}`,
    );
  const marker = join(folder, MARKER);
  const python = join(folder, "python");
  const environment = {
    ...Object.fromEntries(
      Object.entries(surroundings).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      ),
    ),
    AZURE_CONFIG_DIR: join(folder, "az"),
    PYTHONPATH: python,
    REQUESTS_CA_BUNDLE: caFile,
    AZURE_CORE_INSTANCE_DISCOVERY: "false",
    AZURE_CORE_COLLECT_TELEMETRY: "no",
    AZURE_CORE_ONLY_SHOW_ERRORS: "true",
    PYTHONWARNINGS: "ignore",
  };
  if (readMarker(marker) === client.clientId) return environment;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(python, { recursive: true, mode: 0o700 });
  writeFileSync(join(python, "sitecustomize.py"), SITE_CUSTOMIZE);
  const { clientId, clientSecret } = client;
  const signIn = ["login", "--service-principal", "--username", clientId];
  signIn.push("--password", clientSecret, "--tenant", tenantId);
  for (const words of [
    ["cloud", "register", "--name", "local", "--endpoint-resource-manager", armUrl],
    ["cloud", "set", "--name", "local"],
    signIn,
  ]) {
    await run(program, words, { env: environment }).catch((error: unknown) => {
      throw describe(error, words);
    });
  }
  writeFileSync(marker, clientId);
  return environment;
}

function readMarker(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The words are not shown: one of them is the secret. */
function describe(error: unknown, [command = ""]: readonly string[]): Error {
  const isMissing = systemCodeOf(error) === "ENOENT";
  if (isMissing) return new Error("Azure CLI is not installed: apt-get install azure-cli");
  const printed = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return new Error(`az ${command}: ${printed}`);
}
