import { join } from "node:path";

import { type Sku, SKUS } from "./core/skus.ts";
import { createEmulatedNode, type EmulatedNode } from "./node/emulated-node.ts";

export type DeviceEmulatorOptions = {
  /**
   * Folder of the nodes' disks and states; a second emulator on the same folder finds them again.
   */
  readonly directory: string;
  /** Program and first parameters of the real agent. */
  readonly agentCommand: readonly [string, ...string[]];
  readonly sku: Sku;
  /** One per node of the model. */
  readonly serials: readonly string[];
};

export type DeviceEmulator = {
  readonly sku: Sku;
  readonly nodes: readonly EmulatedNode[];
  /** @throws {RangeError} */
  node(serial: string): EmulatedNode;
  powerOn(): void;
  powerOff(): Promise<void>;
};

const SERIAL = /^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/;

/**
 * A software appliance. Its nodes share only the case: each has its own disk, state and power, so
 * that a model of two is the same code as a model of one.
 *
 * @throws {RangeError} when the serials do not fit the model
 */
export function createDeviceEmulator(options: DeviceEmulatorOptions): DeviceEmulator {
  const { directory, agentCommand, sku, serials } = options;
  const { nodes: nodeCount, diskMib, model } = SKUS[sku];
  if (serials.length !== nodeCount || new Set(serials).size !== nodeCount)
    throw new RangeError(`a ${sku} has ${String(nodeCount)} node(s), each with its own serial`);
  for (const serial of serials)
    if (!SERIAL.test(serial)) throw new RangeError(`not a serial number: ${serial}`);
  const nodes = serials.map((serial) =>
    createEmulatedNode({ serial, folder: join(directory, serial), diskMib, model, agentCommand }),
  );
  return {
    sku,
    nodes,
    node(serial) {
      const found = nodes.find((node) => node.serial === serial);
      if (found === undefined) throw new RangeError(`no node ${serial}`);
      return found;
    },
    powerOn() {
      for (const node of nodes) node.powerOn();
    },
    async powerOff() {
      await Promise.all(nodes.map((node) => node.powerOff()));
    },
  };
}
