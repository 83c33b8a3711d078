export type { AgentOutputEvent } from "./core/agent-output.ts";
export type { Sku } from "./core/skus.ts";
export type { Whereabouts } from "./core/whereabouts.ts";
export { createDeviceEmulator } from "./create-device-emulator.ts";
export type { DeviceEmulator, DeviceEmulatorOptions } from "./create-device-emulator.ts";
export type { AgentRun, EmulatedNode, NodeConnection } from "./node/emulated-node.ts";
export type { AgentService } from "./node/serve-agent.ts";
export { TAMPERINGS } from "./node/tamper.ts";
export type { Tampering } from "./node/tamper.ts";
