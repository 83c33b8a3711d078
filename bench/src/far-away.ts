import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type FarServer = {
  /** How often something was sent that follows an answer, on all connections. */
  roundTrips(): number;
};

/** A Unix socket in a folder of its own, behind which is another one, so many milliseconds away. */
export async function moveAway(
  socketPath: string,
  name: string,
  oneWayMs: number,
): Promise<AsyncDisposable & FarServer & { readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "databox-bench-far-"));
  const open = new Set<Socket>();
  let roundTrips = 0;
  const server = createServer((near) => {
    const far = createConnection(socketPath);
    let isAnswered = true;
    near.on("data", () => {
      if (isAnswered) roundTrips += 1;
      isAnswered = false;
    });
    far.on("data", () => {
      isAnswered = true;
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on("data", (chunk) => {
        const pass = () => {
          if (to.writable) to.write(chunk);
        };
        if (oneWayMs === 0) pass();
        else setTimeout(pass, oneWayMs);
      });
      from.on("error", () => from.destroy());
      from.once("close", () => {
        open.delete(from);
        setTimeout(() => to.destroy(), oneWayMs);
      });
    }
  });
  server.listen(join(folder, name));
  await once(server, "listening");
  return {
    folder,
    roundTrips: () => roundTrips,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}
