import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { createVirtualNode, openImage, type VirtualNode } from "@databox-cmk/virtual-appliance";

import type { OperatorClient } from "../azure/operator-client.ts";
import { type Appliance, createNode, type NodeData } from "./appliances.ts";
import type { Stack } from "./start-stack.ts";

const CACHE = fileURLToPath(
  new URL("../../../../node_modules/.cache/virtual-appliance", import.meta.url),
);
const FILE = "/data/proof.txt";
const LOOK_MS = 500;
/** A probe every two seconds, a push, and an emulated processor. */
const CLOSED_WITHIN_MS = 60_000;

/**
 * An appliance whose nodes are virtual machines: Debian's kernel, dm-crypt, and the agent as it is
 * installed.
 */
export async function createVirtualAppliance(options: {
  readonly stack: Stack;
  readonly operator: OperatorClient;
  /** Resource id. */
  readonly order: string;
  readonly serials: readonly string[];
  readonly directory: string;
}): Promise<Appliance & AsyncDisposable> {
  const { stack, order } = options;
  const image = openImage(CACHE);
  const codes = await options.operator.prepare(order, options.serials);
  const nodes = codes.map(({ serial, enrolmentCode }) => {
    const folder = join(options.directory, serial);
    const brokerHost = new URL(stack.description.brokerUrl).hostname;
    const machine = createVirtualNode({ serial, folder, image, brokerHost });
    const node = createNode(stack, machine, order, enrolmentCode);
    return {
      machine,
      ...node,
      erase: async () => {
        await machine.stopServing();
        return node.erase();
      },
      stateDir: folder,
      data: dataOf(machine),
      isBlank: async () => {
        const disk = await readFile(machine.volumePath);
        return disk.equals(Buffer.alloc(disk.length));
      },
      untilClosed: () => untilClosed(machine),
    };
  });
  const powerOff = async () => {
    await Promise.all(nodes.map(({ machine }) => machine.powerOff()));
  };
  const powerOn = () => Promise.all(nodes.map(({ machine }) => machine.powerOn()));
  await powerOn();
  stack.putAppliance({
    order,
    nodes: nodes.map(({ serial, stateDir }) => ({ serial, stateDir })),
  });
  return {
    order,
    nodes,
    async ship() {
      await powerOff();
      await powerOn();
    },
    [Symbol.asyncDispose]: powerOff,
  };
}

function dataOf(machine: VirtualNode): NodeData {
  const device = `/dev/mapper/databox-${machine.serial.toLowerCase()}`;
  const shell = async (script: string, input?: string) => {
    const { exitCode, stdout, stderr } = await machine.run(["sh", "-ec", script], input);
    if (exitCode !== 0)
      throw new Error(`the volume of ${machine.serial} cannot be used: ${stderr}`);
    return stdout;
  };
  const mount = `mkdir -p /data; mount ${device} /data`;
  return {
    write: async (text) => {
      await shell(`mkfs.ext4 -q ${device}; ${mount}; cat > ${FILE}; sync`, text);
    },
    read: () => shell(`mountpoint -q /data || { ${mount}; }; cat ${FILE}`),
  };
}

async function untilClosed(machine: VirtualNode): Promise<void> {
  const deadlineMs = performance.now() + CLOSED_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const { events } = await machine.agent(["status"]);
    if (events.at(-1)?.outcome === "locked") return;
    await setTimeout(LOOK_MS);
  }
  throw new Error(`${machine.serial} was not closed by its daemon`);
}
