import type { Socket } from "node:net";

import { openPostgresLink, type PostgresServer } from "@databox-cmk/testkit";

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

/** Of the audit row, a parameter of the statement that inserts it. */
const GRANTED = '"outcome":"granted"';
/** The protocol's simple query (PostgreSQL documentation, 54.7 Message Formats). */
const COMMIT = "commit\0";

export async function openDatabaseLink(server: PostgresServer): Promise<DatabaseLink> {
  const granting = new WeakSet<Socket>();
  let isCut = false;
  let hold: ((commit: HeldCommit) => void) | undefined;
  /** The replica's connection whose commit waits. */
  let held: Socket | undefined;
  const link = await openPostgresLink(
    server.url("postgres"),
    ({ bytes, isAnswer, client, pass }) => {
      const sent = isAnswer ? "" : bytes.toString("latin1");
      if (sent.includes(GRANTED)) granting.add(client);
      if (isCut) client.destroy();
      else if (!sent.includes(COMMIT) || !granting.delete(client) || hold === undefined) pass();
      else {
        held = client;
        hold({
          pass() {
            held = undefined;
            pass();
          },
          hangUp: () => client.destroy(),
        });
        hold = undefined;
      }
    },
  );
  return {
    url: link.url,
    cut() {
      isCut = true;
      link.endConnections();
    },
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
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}
