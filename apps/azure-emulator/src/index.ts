export { createAzureEmulator } from "./create-azure-emulator.ts";
export type { AzureEmulator, AzureEmulatorOptions } from "./create-azure-emulator.ts";
export { loadAuthority } from "./certificates.ts";
export { loopbackLookup } from "./loopback-lookup.ts";
export { arrangeWorld } from "./cli/arrange-world.ts";
export { addCloudCommands, type CloudOptions, parsePort } from "./cli/create-program.ts";
export {
  type KeyShape,
  NOTHING_SPENT,
  spend,
  type Spending,
  transactionCost,
} from "./core/key-vault/throttle.ts";
