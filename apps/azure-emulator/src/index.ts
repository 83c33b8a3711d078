export { createAzureEmulator } from "./create-azure-emulator.ts";
export type { AzureEmulator, AzureEmulatorOptions } from "./create-azure-emulator.ts";
