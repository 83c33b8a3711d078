import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

import type { PostgresServer } from "@databox-cmk/testkit";

/** A commit that has left the replica and has not reached the server. */
export type HeldCommit = {
  pass(): void;
  /**
   * Ends the connection on the replica's side; data that was forwarded before still reaches the
   * server.
   */
  hangUp(): void;
};

/** One replica's way to its database, which can be cut, and can hold back what matters most. */
export type DatabaseLink = AsyncDisposable & {
  /** In the form of DATABASE_URL. */
  readonly url: string;
  /** Ends every connection and takes none until it is mended. */
  cut(): void;
  /** Takes connections again; one whose commit is still held is ended. */
  mend(): void;
  /** Hands over the commit of the next grant instead of passing it on. */
  holdGrant(): Promise<HeldCommit>;
};

const DATABASE = "postgres";
/** Of the audit row, a parameter of the statement that inserts it. */
const GRANTED = '"outcome":"granted"';
/** The protocol's simple query (PostgreSQL documentation, 54.7 Message Formats). */
const COMMIT = "commit\0";

export async function openDatabaseLink(
  server: PostgresServer,
  folder: string,
): Promise<DatabaseLink> {
  mkdirSync(folder);
  const socketName = `.s.PGSQL.${String(server.port)}`;
  const open = new Set<Socket>();
  let isCut = false;
  let hold: ((commit: HeldCommit) => void) | undefined;
  /** The replica's connection whose commit waits. */
  let held: Socket | undefined;

  const listener = createServer((replica) => {
    if (isCut) {
      replica.destroy();
      return;
    }
    const database = connect(join(server.socketFolder, socketName));
    for (const [socket, other] of [
      [replica, database],
      [database, replica],
    ] as const) {
      open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.end();
      });
    }
    database.pipe(replica);
    let grants = false;
    replica.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (text.includes(GRANTED)) grants = true;
      if (!grants || !text.includes(COMMIT)) {
        database.write(chunk);
        return;
      }
      grants = false;
      if (hold === undefined) {
        database.write(chunk);
        return;
      }
      held = replica;
      hold({
        pass() {
          held = undefined;
          database.write(chunk);
        },
        hangUp: () => replica.destroy(),
      });
      hold = undefined;
    });
  });
  listener.listen(join(folder, socketName));
  await once(listener, "listening");
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `postgresql://${server.user}@${encodeURIComponent(folder)}:${String(server.port)}/${DATABASE}`,
    cut,
    mend() {
      isCut = false;
      hold = undefined;
      held?.destroy();
      held = undefined;
    },
    holdGrant() {
      const { promise, resolve } = Promise.withResolvers<HeldCommit>();
      hold = resolve;
      return promise;
    },
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
      await once(listener, "close");
    },
  };
}
