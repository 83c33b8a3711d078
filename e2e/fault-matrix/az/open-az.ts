import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { requireTool } from "@databox-cmk/testkit";

import type { FaultWorld } from "../world/fault-world.ts";

const AZ = "/usr/bin/az";
export const hasAz = requireTool("azure-cli", existsSync(AZ));

export type AzRun = {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type Az = {
  /** The line as a person would paste it into a shell. */
  run(command: string): Promise<AzRun>;
};

/** `*.localhost` does not resolve everywhere, and Python asks the system only. */
const SITE_CUSTOMIZE = `import socket
_resolve = socket.getaddrinfo
def _loopback(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    return _resolve("127.0.0.1" if name and name.endswith(".localhost") else host, *args, **kwargs)
socket.getaddrinfo = _loopback
`;

/** The real az of this machine, told of the stack's cloud and signed in as the customer. */
export async function openAz({ folder, stack }: FaultWorld): Promise<Az> {
  const { armUrl, caFile, tenantId, clients } = stack.description;
  const owner = clients.find(({ role }) => role === "Owner");
  if (owner === undefined) throw new Error("the stack has no owner");
  const python = join(folder, "python");
  await mkdir(python);
  await writeFile(join(python, "sitecustomize.py"), SITE_CUSTOMIZE);
  const az = at(folder, {
    AZURE_CONFIG_DIR: join(folder, "az"),
    PATH: "/usr/bin:/bin",
    PYTHONPATH: python,
    REQUESTS_CA_BUNDLE: caFile,
    AZURE_CORE_INSTANCE_DISCOVERY: "false",
    AZURE_CORE_COLLECT_TELEMETRY: "no",
    AZURE_CORE_ONLY_SHOW_ERRORS: "true",
    PYTHONWARNINGS: "ignore",
    OWNER_SECRET: owner.clientSecret,
  });
  for (const command of [
    `az cloud register --name local --endpoint-resource-manager ${armUrl}`,
    "az cloud set --name local",
    `az login --service-principal --username ${owner.clientId} --password "$OWNER_SECRET" --tenant ${tenantId}`,
  ]) {
    const { exitCode, stderr } = await az.run(command);
    if (exitCode !== 0) throw new Error(`${command}: ${stderr}`);
  }
  return az;
}

function at(folder: string, environment: Record<string, string>): Az {
  return {
    run: (command) =>
      new Promise((resolve) => {
        execFile(
          "/bin/sh",
          ["-c", command],
          { cwd: folder, env: environment },
          (error, stdout, stderr) => {
            const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
            resolve({ command, exitCode, stdout, stderr });
          },
        );
      }),
  };
}
