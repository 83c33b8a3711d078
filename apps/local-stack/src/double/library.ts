// The packed test double as a library: what `require` and `import` of the package give.
import { resolve } from "node:path";

import type { startDouble as declared } from "./azure-double.d.ts";
import { completeNode } from "./complete-node.ts";

const ANY_PORT = { emulator: 0, broker: 0, imds: 0, dns: 0 };

export const startDouble: typeof declared = async (options = {}) => {
  await completeNode();
  const stack = await (
    await import("./start-double.ts")
  ).startDouble({
    ...options,
    directory: resolve(options.directory ?? ".local"),
    ports: { ...ANY_PORT, ...options.ports },
  });
  const { emulatorControlUrl: controlUrl, ...facts } = stack.description;
  const { reset } = stack.emulator;
  return { ...facts, controlUrl, stackFile: stack.stackFile, reset, close: () => stack.close() };
};
