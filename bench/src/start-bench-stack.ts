import { createAzureClients, sampleOrder, startStack, type Stack } from "@databox-cmk/local-stack";
import { openTemporaryFolder } from "@databox-cmk/testkit";

import type { LoadedServer } from "./load.ts";
import { cpuSecondsOf } from "./process-usage.ts";

export type BenchStack = AsyncDisposable & {
  readonly stack: Stack;
  /** Its broker. */
  readonly server: LoadedServer;
  readonly databaseFile: string;
};

/** Emulator and broker as `npm start` runs them, on free ports and without limits of requests. */
export async function startBenchStack(): Promise<BenchStack> {
  await using opened = new AsyncDisposableStack();
  const { path: folder } = opened.use(openTemporaryFolder());
  const stack = await startStack({
    directory: folder,
    ports: { emulator: 0, broker: 0, imds: 0, dns: 0 },
    brokerEnvironment: { RATE_LIMIT_ADDRESS_PER_SECOND: "0", LOG_LEVEL: "error" },
  });
  opened.defer(() => stack.close());
  const resources = opened.move();
  return {
    stack,
    server: {
      port: Number(new URL(stack.description.brokerUrl).port),
      caPem: stack.caPem,
      folder,
      cpuSeconds: () => cpuSecondsOf(stack.broker().pid),
    },
    databaseFile: `${folder}/broker/broker.sqlite`,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The order from which all others are copied. @returns its resource id */
export async function placeOrder({
  description,
  caPem,
  directory,
}: Pick<Stack, "caPem" | "description" | "directory">): Promise<string> {
  using clients = createAzureClients(description, caPem, directory.client("Owner"));
  const { id } = await clients.dataBox.jobs.beginCreateAndWait(
    description.resourceGroup,
    "bench",
    sampleOrder(description, "DataBox"),
    { updateIntervalInMs: 20 },
  );
  if (id === undefined) throw new Error("the new order has no id");
  return id;
}
