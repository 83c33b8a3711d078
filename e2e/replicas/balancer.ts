import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * Hands each connection to the next replica that takes it, as the plainest load balancer does; it
 * reads nothing.
 */
export type Balancer = AsyncDisposable & {
  /** Position of the replica that each connection got, oldest first. */
  readonly served: readonly number[];
};

/** @param ports - of the replicas, in their order; asked for at each connection */
export async function openBalancer(
  port: number,
  ports: () => readonly number[],
): Promise<Balancer> {
  const served: number[] = [];
  const open = new Set<Socket>();
  let turn = 0;

  const handOver = (client: Socket, triesLeft: number) => {
    const targets = ports();
    const position = turn % targets.length;
    turn += 1;
    const replica = connect(targets[position] ?? 0, "127.0.0.1");
    let isTaken = false;
    replica.once("connect", () => {
      isTaken = true;
      served.push(position);
      client.pipe(replica).pipe(client);
    });
    replica.on("error", () => {
      if (isTaken || triesLeft === 0) client.destroy();
      else handOver(client, triesLeft - 1);
    });
    replica.on("close", () => {
      if (isTaken) client.destroy();
    });
    client.on("close", () => replica.destroy());
  };
  const listener = createServer((client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => open.delete(client));
    handOver(client, ports().length - 1);
  });
  listener.listen(port, "127.0.0.1");
  await once(listener, "listening");
  return {
    served,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const client of open) client.destroy();
      await once(listener, "close");
    },
  };
}
