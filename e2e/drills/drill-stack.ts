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
import { BROKER } from "../harness/programs.ts";
import { mountTinyDisk, type TinyDisk } from "../harness/tiny-disk.ts";
import { openPooled } from "./pooled.ts";
import { readBlocks } from "./runbook.ts";
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
  for (const user of ["administrator", "broker_migrate"] as const)
    if (secured !== undefined)
      place(join(shell.folder, `${user}.password`), secured.passwordOf(user));
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
    /** DATABASE_URL of the user that owns the database, of a drill with two users. */
    databaseOwner: () => required(secured).owner,
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
  passwordOf(user: DatabaseUser): string;
  /** DATABASE_URL of the user that owns the database. */
  readonly owner: string;
  settingsIn(folder: string): Readonly<Record<string, string>>;
};
type DatabaseUser = "administrator" | "broker_migrate" | "broker_serve";

/**
 * A server that asks for passwords, by TLS alone; as on a managed one, its administrator is not a
 * superuser. The broker's two users have the rights that docs/operate/postgresql.md gives them.
 */
async function openSecured(): Promise<Secured> {
  const { authority, server: tls } = createLocalhostTls();
  const server = await startPostgres({ tls });
  const passwords = {
    administrator: randomBytes(16).toString("hex"),
    broker_migrate: randomBytes(16).toString("hex"),
    broker_serve: randomBytes(16).toString("hex"),
  };
  const run = (database: string, ...statements: readonly string[]) =>
    execFileSync(join(findPostgres() ?? "", "psql"), [
      "--quiet",
      "--set=ON_ERROR_STOP=1",
      ...statements.map((each) => `--command=${each}`),
      server.url(database),
    ]);
  const [inDatabase = "", afterMigration = ""] = readBlocks("postgresql.md", "sql").slice(1);
  run(
    "postgres",
    ...Object.entries(passwords).map(
      ([user, password]) => `create role ${user} login password '${password}'`,
    ),
    "alter role administrator createdb createrole",
    "grant broker_migrate to administrator",
    `create database ${DATABASE} owner broker_migrate`,
  );
  run(DATABASE, inDatabase);
  const urlOf = (user: DatabaseUser) =>
    `postgresql://${user}@localhost:${String(server.port)}/${DATABASE}`;
  const ofUser = (folder: string, user: DatabaseUser) => ({
    DATABASE_URL: urlOf(user),
    DATABASE_PASSWORD_FILE: place(join(folder, `${user}.password`), passwords[user]),
    DATABASE_CA_FILE: place(join(folder, "database-ca.pem"), authority.certificatePem),
  });
  return {
    passwordOf: (user) => passwords[user],
    owner: urlOf("broker_migrate"),
    settingsIn(folder) {
      execFileSync(process.execPath, [BROKER, "migrate"], {
        env: { ...UNUSED_SETTINGS, BROKER_DATA_DIR: folder, ...ofUser(folder, "broker_migrate") },
      });
      run(DATABASE, afterMigration);
      return ofUser(folder, "broker_serve");
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A broker that only migrates its database does not use them. */
const UNUSED_SETTINGS = {
  BROKER_URL: "https://broker.localhost",
  BROKER_TLS_CERTIFICATE_FILE: "unused",
  BROKER_TLS_KEY_FILE: "unused",
  TENANT_ID: "00000000-0000-4000-8000-00000000000a",
  SERVICE_KEY_URL: "https://unused.vault.azure.net/keys/unused",
  IDENTITY_RESOURCE_GROUP:
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/unused",
};

function place(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
