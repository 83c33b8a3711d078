import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

import { AppError, systemCodeOf } from "@databox-cmk/errors";

const LOOPBACK = "127.0.0.1";

/** Ports of the stack; 0 takes a free one. */
export type StackPorts = {
  readonly emulator: number;
  readonly broker: number;
  readonly imds: number;
  readonly dns: number;
};

/**
 * Looks before anything is started, so that the answer names the option that chooses another port.
 *
 * @throws {AppError} PortInUse
 */
export async function requireFreePorts(
  ports: StackPorts,
  optionOf = (name: string) => `--${name}-port`,
): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if (port === 0) continue;
    await probe(optionOf(name), port, createServer().listen(port, LOOPBACK));
    if (name === "dns")
      await probe(optionOf(name), port, createSocket("udp4").bind(port, LOOPBACK));
  }
}

async function probe(option: string, port: number, opened: Server | Socket): Promise<void> {
  try {
    await once(opened, "listening");
  } catch (error) {
    throw portFailure(option, port, error);
  }
  opened.close();
  await once(opened, "close");
}

function portFailure(option: string, port: number, cause: unknown): unknown {
  const code = systemCodeOf(cause);
  if (code !== "EADDRINUSE" && code !== "EACCES") return cause;
  const why = code === "EACCES" ? "needs a right that this user does not have" : "is in use";
  return new AppError("PortInUse", {
    detail: `port ${String(port)} of ${LOOPBACK} ${why}: stop what uses it, or choose another with ${option} (0 takes a free one)`,
    facts: { port },
    cause,
  });
}
