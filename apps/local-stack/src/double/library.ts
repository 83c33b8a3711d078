// The packed test double as a library: what `require` and `import` of the package give.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { startDouble as declared } from "./azure-double.d.ts";
import { completeNode } from "./complete-node.ts";

const ANY_PORT = { emulator: 0, broker: 0, imds: 0, dns: 0 };

export const startDouble: typeof declared = async (options = {}) => {
  completeNode();
  const [double, { createTransport }] = await Promise.all([
    import("./start-double.ts"),
    import("../azure/transport.ts"),
  ]);
  const stack = await double.startDouble({
    ...options,
    directory: resolve(options.directory ?? ".local"),
    ports: { ...ANY_PORT, ...options.ports },
  });
  const { emulatorControlUrl: controlUrl, ...facts } = stack.description;
  const { reset } = stack.emulator;
  const transport = createTransport(readFileSync(facts.caFile, "utf8"));
  return {
    ...facts,
    controlUrl,
    stackFile: stack.stackFile,
    agent: transport.agent,
    clientOptions: { additionalPolicies: [...transport.policies] },
    reset,
    async close() {
      transport[Symbol.dispose]();
      await stack.close();
    },
  };
};
