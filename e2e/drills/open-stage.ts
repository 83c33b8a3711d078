import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { createOrder } from "@databox-cmk/local-stack";

import { prepareNode } from "../harness/nodes.ts";
import type { World } from "../harness/open-world.ts";
import type { TinyDisk } from "../harness/tiny-disk.ts";
import { openDesk } from "./desk.ts";
import type { Pooled } from "./pooled.ts";
import type { Stage, StagedOrder, Typing } from "./stage.ts";
import { blur, type Entry } from "./transcript.ts";

export type OpenStage = Stage & {
  /** The actions and outputs since the last call. */
  takeTranscript(): readonly Entry[];
};

type Properties = {
  readonly disk?: TinyDisk | undefined;
  readonly pooled?: Pooled | undefined;
};

export async function openStage(world: World, properties: Properties = {}): Promise<OpenStage> {
  const desk = await openDesk(world);
  let entries: Entry[] = [];
  const folders = (): (readonly [string, string])[] => [
    ...Object.entries(world.stack.brokerEnvironment)
      .filter(([name, value]) => name.endsWith("_DIR") && value.startsWith(world.folder))
      .map(([name, value]) => [value, `$${name}`] as const)
      .toSorted(([one], [other]) => other.length - one.length),
    [desk.folder, "~"],
    [world.folder, "…"],
  ];
  const type = async (
    at: "broker" | "appliance",
    command: string,
    really: string,
    { accident = {}, exitCode = 0, show }: Typing = {},
  ) => {
    const typed = await desk.run(really, accident);
    if (typed.exitCode !== exitCode)
      throw new Error(`${command}: ended with ${String(typed.exitCode)}: ${typed.printed}`);
    const printed = partOf(blur(typed.printed, folders()), show);
    entries.push({ kind: "typed", at, command: blur(command, folders()), printed });
  };
  return {
    world,
    desk,
    disk() {
      if (properties.disk === undefined) throw new Error("this theatre has no small disk");
      return properties.disk;
    },
    pooled() {
      if (properties.pooled === undefined) throw new Error("this theatre has no pooler");
      return properties.pooled;
    },
    deliver: (name) => deliver(world, name),
    async step(text, act) {
      entries.push({ kind: "step", text });
      await act?.();
    },
    async set(variables) {
      for (const [name, value] of Object.entries(variables)) {
        const command = `export ${name}='${value}'`;
        await type("broker", command, command);
      }
    },
    type: (command, typing) => type("broker", command, command, typing),
    typeAt: (node, command, typing) => type("appliance", command, withState(command, node), typing),
    takeTranscript() {
      const taken = entries;
      entries = [];
      desk.forget();
      return taken;
    },
  };
}

/** Every emulated node has its own state; an appliance has one, in its usual place. */
const withState = (command: string, { stateDir }: EmulatedNode): string =>
  command.replace(/\bdatabox-agent\b/, `databox-agent --state-dir '${stateDir}'`);

function partOf(text: string, show: Typing["show"]): string {
  const lines = text.split("\n");
  if (show === undefined || lines.length < 2) return text;
  return show === "first line" ? `${lines[0] ?? ""}\n…` : `…\n${lines.at(-1) ?? ""}`;
}

async function deliver(world: World, name: string): Promise<StagedOrder> {
  const serial = `DBX-${name.toUpperCase()}`;
  const order = await createOrder(world.customerContext, name);
  const appliance = world.createAppliance("DataBox", [serial]);
  appliance.powerOn();
  const node = appliance.node(serial);
  const [code] = await world.operator.prepare(order.id, [serial]);
  await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
  await world.operator.advance(order.id, "dispatch");
  await world.operator.advance(order.id, "deliver");
  return { order, node };
}
