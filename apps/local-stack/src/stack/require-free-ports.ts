import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

import { AppError, systemCodeOf } from "@databox-cmk/errors";

const LOOPBACK = "127.0.0.1";

/** Ports of the stack by the name of their command-line option; 0 takes a free one. */
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
export async function requireFreePorts(ports: StackPorts): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if (port === 0) continue;
    await tcpProbe(name, port);
    if (name === "dns") await udpProbe(name, port);
  }
}

async function tcpProbe(name: string, port: number): Promise<void> {
  const server = createServer();
  const listening = once(server, "listening");
  server.listen(port, LOOPBACK);
  try {
    await listening;
  } catch (error) {
    throw portFailure(name, port, error);
  }
  server.close();
  await once(server, "close");
}

async function udpProbe(name: string, port: number): Promise<void> {
  const socket = createSocket("udp4");
  const listening = once(socket, "listening");
  socket.bind(port, LOOPBACK);
  try {
    await listening;
  } catch (error) {
    throw portFailure(name, port, error);
  }
  socket.close();
  await once(socket, "close");
}

function portFailure(name: string, port: number, cause: unknown): unknown {
  const code = systemCodeOf(cause);
  if (code !== "EADDRINUSE" && code !== "EACCES") return cause;
  const why = code === "EACCES" ? "needs a right that this user does not have" : "is in use";
  return new AppError("PortInUse", {
    detail: `port ${String(port)} of ${LOOPBACK} ${why}: stop what uses it, or choose another with --${name}-port (0 takes a free one)`,
    facts: { port },
    cause,
  });
}
