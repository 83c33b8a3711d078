import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the kernel's ports of outgoing connections (ip_local_port_range: 32768 and up), and above
 * the fixed ones of e2e/former.
 */
const PORTS = { from: 22_000, below: 32_768 };
const TRIES = 100;

/**
 * A port of 127.0.0.1 that was free a moment ago, for servers that must know it before they listen.
 *
 * @throws {Error} when loopback has none
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.below);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      continue; // taken
    }
    server.close();
    await once(server, "close");
    return port;
  }
  throw new Error("loopback gave no port");
}
