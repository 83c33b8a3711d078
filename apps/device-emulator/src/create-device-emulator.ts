import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Sku, SKUS } from "./core/skus.ts";
import { nextStop, type Whereabouts } from "./core/whereabouts.ts";
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
  readonly whereabouts: Whereabouts;
  /** @throws {RangeError} */
  node(serial: string): EmulatedNode;
  powerOn(): void;
  powerOff(): Promise<void>;
  /**
   * Hands the appliance to the carrier, or from the carrier to its destination. An appliance
   * travels switched off.
   *
   * @throws {RangeError} when it is on
   */
  ship(): Whereabouts;
};

const SERIAL = /^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/;
const AT_HOME: Whereabouts = { kind: "at", place: "datacenter" };

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
  const waybill = join(directory, "whereabouts.json");
  let whereabouts = readWaybill(waybill);
  return {
    sku,
    nodes,
    get whereabouts() {
      return whereabouts;
    },
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
    ship() {
      if (nodes.some((node) => node.isOn))
        throw new RangeError("switch the appliance off before it is shipped");
      whereabouts = nextStop(whereabouts);
      writeFileSync(waybill, JSON.stringify(whereabouts));
      return whereabouts;
    },
  };
}

function readWaybill(path: string): Whereabouts {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return AT_HOME;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  return isWhereabouts(value) ? value : AT_HOME;
}

function isWhereabouts(value: unknown): value is Whereabouts {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  if (value.kind === "at") return "place" in value && isPlace(value.place);
  return value.kind === "in-transit" && "to" in value && isPlace(value.to);
}

function isPlace(value: unknown): boolean {
  return value === "datacenter" || value === "customer";
}
