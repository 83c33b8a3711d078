import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { createOrder, type StoryOrder } from "@databox-cmk/local-stack";
import { createLocalhostTls, findPostgres, required, startPostgres } from "@databox-cmk/testkit";

import { createDatabase } from "../harness/create-database.ts";
import { prepareNode } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { mountTinyDisk, type TinyDisk } from "../harness/tiny-disk.ts";
import { openPooled } from "./pooled.ts";
import { openShell, type Variables } from "./shell.ts";
import { blur, type Entry } from "./transcript.ts";

/** The place of the broker's state during a drill; drills of the same kind share a stack. */
export type StackKind = "sqlite" | "postgres" | "pooled" | "small-disk";
export type DrillStack = Awaited<ReturnType<typeof openDrillStack>>;

export type DeliveredOrder = { readonly order: StoryOrder; readonly node: EmulatedNode };

export type Typing = {
  /** Variables of a faulty machine, which the page does not show. */
  readonly accident?: Variables;
  /** 0 unless the step shows a failure. */
  readonly exitCode?: number;
  /** The part of the output that the runbook shows; all of it by default. */
  readonly show?: "first line" | "last line";
};

/** `broker doctor` wants 64 MiB free. */
const SMALL_DISK_KIB = 128 * 1024;
const DATABASE = "broker";

/** A broker with its cloud, an operator's shell, appliances, and what was done with them. */
export async function openDrillStack(kind: StackKind) {
  await using opened = new AsyncDisposableStack();
  let disk: TinyDisk | undefined;
  const secured = kind === "postgres" ? opened.use(await openSecured()) : undefined;
  const primary = kind === "pooled" ? opened.use(await startPostgres()) : undefined;
  const trusting = primary === undefined ? undefined : await createDatabase(primary, DATABASE);
  const world = opened.use(
    await openWorld((folder) => {
      if (kind === "small-disk") disk = mountTinyDisk(join(folder, "disk"), SMALL_DISK_KIB);
      return {
        brokerEnvironment: {
          BROKER_KEYS_DIR: join(folder, "keys"),
          ...(disk === undefined ? {} : { BROKER_DATA_DIR: join(disk.path, "data") }),
          ...(trusting === undefined ? {} : { DATABASE_URL: trusting }),
          ...secured?.settingsIn(folder),
        },
      };
    }),
  );
  const pooled = primary && opened.use(await openPooled(primary, DATABASE));
  const shell = await openShell(world);
  if (secured !== undefined)
    place(join(shell.folder, "administrator.password"), secured.administrator);
  const resources = opened.move();
  let entries: Entry[] = [];
  const folders = (): (readonly [string, string])[] => [
    ...Object.entries(world.stack.brokerEnvironment)
      .filter(([name, value]) => name.endsWith("_DIR") && value.startsWith(world.folder))
      .map(([name, value]) => [value, `$${name}`] as const)
      .toSorted(([one], [other]) => other.length - one.length),
    [shell.folder, "~"],
    [world.folder, "…"],
  ];
  const type = async (
    at: "broker" | "appliance",
    command: string,
    really: string,
    { accident = {}, exitCode = 0, show }: Typing = {},
  ) => {
    const typed = await shell.run(really, accident);
    if (typed.exitCode !== exitCode)
      throw new Error(`${command}: ended with ${String(typed.exitCode)}: ${typed.printed}`);
    const printed = partOf(blur(typed.printed, folders()), show);
    entries.push({ kind: "typed", at, command: blur(command, folders()), printed });
  };
  return {
    world,
    shell,
    /** The small disk of a drill that fills one. */
    disk: () => required(disk),
    /** The standby and the pooler of a drill that needs them. */
    pooled: () => required(pooled),
    /** An order under the service's key, its appliance delivered and locked. */
    deliver: (name: string) => deliver(world, name),
    /** The next step, in words. `act` does the part of the platform, Azure or an accident. */
    async step(text: string, act?: () => Promise<void>): Promise<void> {
      entries.push({ kind: "step", text });
      await act?.();
    },
    /** Sets variables in the operator's shell for the rest of the drill, and shows how. */
    async set(variables: Variables): Promise<void> {
      for (const [name, value] of Object.entries(variables)) {
        const command = `export ${name}='${value}'`;
        await type("broker", command, command);
      }
    },
    /**
     * Types a command in the operator's shell. One that begins with `export` lasts for the rest of
     * the drill.
     *
     * @throws {Error} when it ends otherwise than expected
     */
    type: (command: string, typing?: Typing) => type("broker", command, command, typing),
    /** The same at the appliance. */
    typeAt: (node: EmulatedNode, command: string, typing?: Typing) =>
      type("appliance", command, withState(command, node), typing),
    /** The actions and outputs since the last call. */
    takeTranscript(): readonly Entry[] {
      const taken = entries;
      entries = [];
      shell.forget();
      return taken;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      // Before the world's folder goes, which cannot while a disk is mounted in it.
      await world.stack.broker().stop();
      disk?.[Symbol.dispose]();
      await resources.disposeAsync();
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

async function deliver(world: World, name: string): Promise<DeliveredOrder> {
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

type Secured = AsyncDisposable & {
  /** The password of the server's administrator. */
  readonly administrator: string;
  settingsIn(folder: string): Readonly<Record<string, string>>;
};

/**
 * A server that asks for passwords, by TLS alone; as on a managed one, the broker's user may do
 * nothing outside of its database.
 */
async function openSecured(): Promise<Secured> {
  const { authority, server: tls } = createLocalhostTls();
  const server = await startPostgres({ tls });
  const databox = randomBytes(16).toString("hex");
  const administrator = randomBytes(16).toString("hex");
  const statements = [
    `create role databox login password '${databox}'`,
    `create role administrator login createdb createrole password '${administrator}'`,
    "grant databox to administrator",
    `create database ${DATABASE} owner databox`,
  ];
  execFileSync(join(findPostgres() ?? "", "psql"), [
    "--quiet",
    "--set=ON_ERROR_STOP=1",
    ...statements.map((each) => `--command=${each}`),
    server.url("postgres"),
  ]);
  return {
    administrator,
    settingsIn: (folder) => ({
      DATABASE_URL: `postgresql://databox@localhost:${String(server.port)}/${DATABASE}`,
      DATABASE_PASSWORD_FILE: place(join(folder, "database.password"), databox),
      DATABASE_CA_FILE: place(join(folder, "database-ca.pem"), authority.certificatePem),
    }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function place(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
