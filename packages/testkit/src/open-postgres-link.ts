import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

import { openTemporaryFolder } from "./open-temporary-folder.ts";

/** Another way to a PostgreSQL server, on which its connections can be watched and disturbed. */
export type PostgresLink = AsyncDisposable & {
  /** `postgresql://` address of the same database over the link. */
  readonly url: string;
  /** How often something was sent that follows an answer, on all connections. */
  roundTrips(): number;
  endConnections(): void;
};

/** Bytes that have arrived on the link from one side. */
type OnLink = {
  readonly bytes: Buffer;
  readonly isAnswer: boolean;
  readonly client: Socket;
  /** Sends them to the other side. Without it they are lost. */
  readonly pass: () => void;
};

/**
 * @param serverUrl - `postgresql://` address over a Unix socket
 * @param arrive - passes the bytes on, now or later
 */
export async function openPostgresLink(
  serverUrl: string,
  arrive: (arrived: OnLink) => void = ({ pass }) => pass(),
): Promise<PostgresLink> {
  const { hostname, port } = new URL(serverUrl);
  const socketName = `.s.PGSQL.${port}`;
  const folder = openTemporaryFolder();
  const open = new Set<Socket>();
  let roundTrips = 0;
  const listener = createServer((client) => {
    const server = connect(join(decodeURIComponent(hostname), socketName));
    let isAnswered = true;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const isAnswer = from === server;
      open.add(from);
      from.on("data", (bytes: Buffer) => {
        if (isAnswered && !isAnswer) roundTrips += 1;
        isAnswered = isAnswer;
        const pass = () => {
          if (to.writable) to.write(bytes);
        };
        arrive({ bytes, isAnswer, client, pass });
      });
      from.on("error", () => from.destroy());
      from.on("close", () => {
        open.delete(from);
        // Bytes that were passed on before still reach the other side.
        to.end();
      });
    }
  });
  listener.listen(join(folder.path, socketName));
  await once(listener, "listening");
  const endConnections = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: serverUrl.replace(hostname, encodeURIComponent(folder.path)),
    roundTrips: () => roundTrips,
    endConnections,
    async [Symbol.asyncDispose]() {
      listener.close();
      endConnections();
      await once(listener, "close");
      folder[Symbol.dispose]();
    },
  };
}
