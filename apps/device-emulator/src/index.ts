export type { Sku } from "./core/skus.ts";
export { createDeviceEmulator } from "./create-device-emulator.ts";
export type { DeviceEmulator, DeviceEmulatorOptions } from "./create-device-emulator.ts";
export type { EmulatedNode, NodeConnection } from "./node/emulated-node.ts";
export type { AgentService } from "./node/serve-agent.ts";
export { TAMPERINGS } from "./node/tamper.ts";
export type { Tampering } from "./node/tamper.ts";
