import { createPrivateKey, randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import {
  decodeBase64url,
  deriveSplitKey,
  encodeBase64url,
  parseEnvelope,
} from "@databox-cmk/crypto";
import type { EmulatedNode } from "@databox-cmk/device-emulator";
import {
  type CustomerKey,
  enableIdentity,
  sampleOrder,
  type StoryOrder,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { envelopeExport } from "@databox-cmk/protocol";
import { findPostgres, type PostgresServer, startPostgres } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createDatabase } from "../harness/create-database.ts";
import { isContinuousIntegration } from "../harness/cryptsetup.ts";
import { prepareNode, requireOk, unlockNode } from "../harness/nodes.ts";
import { openWorld, type World } from "../harness/open-world.ts";
import { callOrder } from "../harness/order-actions.ts";
import { readPasskeys } from "../harness/passkeys.ts";
import { BROKER_WITH_LOG } from "../harness/programs.ts";
import { makeRecoveryKey } from "../harness/recovery-key.ts";
import { runDaemon } from "../harness/run-daemon.ts";
import {
  chooseSplitCustody,
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { unfold } from "./capture-wire.ts";
import { signInToPortal } from "./portal-session.ts";
import { searchMemory } from "./process-memory.ts";
import { createSearch, filesBelow, type Search, type Secret, secretOf } from "./secret.ts";
import { type UsedLocalUi, useLocalUi } from "./use-local-ui.ts";
import { type ProcessWatch, watchProcesses } from "./watch-processes.ts";

/** The names of the secrets of split custody. */
const SPLIT = /share/;
const OWN_PASSKEY = "Canary@Passkey#23456789";

/** The places where a secret belongs, and their protection. Everywhere else it is a leak. */
const BY_DESIGN: readonly (readonly [where: RegExp, secret: RegExp, protection: string])[] = [
  [/^keys\//, /^broker's /, "mode 0600, of the broker's account"],
  [/^appliances\/.*\/agent\/device-key/, /^device's private key$/, "mode 0600, root's; or a TPM"],
  [
    /^appliances\/.*\/agent\/device-share-/,
    /^appliance's share$/,
    "mode 0600, root's; or sealed by a TPM",
  ],
  [
    /^appliances\/.*\/agent\/ui-(?:customer-)?certificate/,
    /^page's private key$/,
    "mode 0600, root's",
  ],
  [
    /^stack\.json$/,
    /^client secret/,
    "mode 0600; of the local stack only, which has no Azure to hold them",
  ],
];

/**
 * Secrets that a broker must hold to do its work, or that linger in memory that JavaScript cannot
 * clear: a content key came as text in a vault's answer, and is gone when the collector has reused
 * its place (docs/design/threat-model.md). Its bytes are zeroed in every buffer.
 */
const MAY_LINGER = /^(?:broker's|content key$)/;

/** A server whose log holds every statement with its values. */
const TALKATIVE = { logging_collector: "on", log_directory: "log", log_statement: "all" };
const hasPostgres = findPostgres() !== undefined || isContinuousIntegration;
const STORES = ["SQLite", ...(hasPostgres ? ["PostgreSQL"] : [])] as const;

let world: World;
let postgres: PostgresServer | undefined;
let localUi: UsedLocalUi;
/** All that the agent of a node in split custody printed, its failures included. */
let splitOutput: string;
let watch: ProcessWatch;
let secrets: readonly Secret[];
let search: Search;
/** Of the broker after it unlocked two nodes, and of the daemon that holds their lease. */
let foundInBroker: readonly string[];
let foundInDaemon: readonly string[];
let emulatorUrls: string[];
const noteUrl = (message: unknown) => {
  emulatorUrls.push((message as { request: { url?: string } }).request.url ?? "");
};

async function open(store: (typeof STORES)[number]): Promise<void> {
  emulatorUrls = [];
  subscribe("http.server.request.start", noteUrl);
  watch = watchProcesses();
  postgres = store === "PostgreSQL" ? await startPostgres({ settings: TALKATIVE }) : undefined;
  const database = postgres === undefined ? undefined : await createDatabase(postgres, "broker");
  world = await openWorld((folder) => ({
    brokerMain: BROKER_WITH_LOG,
    brokerEnvironment: {
      BROKER_KEYS_DIR: join(folder, "keys"),
      CANARY_LOG_FILE: join(folder, "broker.log"),
      CANARY_URL_FILE: join(folder, "broker.urls"),
      CANARY_WIRE_FILE: join(folder, "broker.wire"),
      LOG_LEVEL: "debug",
      ...(database === undefined ? {} : { DATABASE_URL: database }),
    },
  }));
  const key = await world.createVault("contosocanary");
  const ownOrder = await order("canary-own", OWN_PASSKEY);
  const delivered = await deliver("canary", key);
  const { node } = delivered;
  const known = await allSecrets(delivered, ownOrder.code);
  localUi = await useLocalUi(node, await passkeyOf(delivered));
  const split = await useSplitCustody();
  splitOutput = split.output;
  secrets = [...known, ...localUi.secrets, ...split.secrets];
  search = createSearch(secrets);
  // A broker that has prepared nothing and shown nothing to anybody: it only unlocks.
  await world.stack.restartBroker();
  const daemon = await runDaemon(node);
  await unlockNode(node);
  await unlockNode(split.node);
  foundInBroker = searchMemory(world.stack.broker().pid, search);
  foundInDaemon = searchMemory(daemon.pid, search);
  requireOk(await node.agent(["lock"]));
  await daemon[Symbol.asyncDispose]();
}

async function close(): Promise<void> {
  unsubscribe("http.server.request.start", noteUrl);
  watch[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
  await postgres?.close();
}

type Ordered = { readonly order: StoryOrder; readonly serial: string; readonly code: string };
type Delivered = Ordered & { readonly node: EmulatedNode };

/** An order whose unlock keys are made, or sealed where the customer brings one. */
async function order(name: string, ownPasskey?: string): Promise<Ordered> {
  const { stack, customerContext, operator } = world;
  const { dataBox } = customerContext.customer;
  const { resourceGroup } = stack.description;
  const written = sampleOrder(stack.description, "DataBox", ownPasskey);
  const { id = "" } = await dataBox.jobs.beginCreateAndWait(resourceGroup, name, written, {
    updateIntervalInMs: 20,
  });
  const serial = `DBX-${name}`;
  const [made] = await operator.prepare(id, [serial]);
  return { order: { id, name }, serial, code: made?.enrolmentCode ?? "" };
}

async function deliver(name: string, key: CustomerKey): Promise<Delivered> {
  const { customerContext, operator } = world;
  const ordered = await order(name);
  const appliance = world.createAppliance("DataBox", [ordered.serial]);
  appliance.powerOn();
  const node = appliance.node(ordered.serial);
  await prepareNode(world, node, ordered.order.id, ordered.code);
  await key.grant(await enableIdentity(customerContext, ordered.order));
  await useCustomerKey(customerContext, ordered.order, key);
  await operator.advance(ordered.order.id, "dispatch");
  await operator.advance(ordered.order.id, "deliver");
  return { ...ordered, node };
}

async function allSecrets(
  { order: { id, name }, node, code }: Delivered,
  otherCode: string,
): Promise<Secret[]> {
  const { stack, customer } = world;
  const { armUrl, resourceGroup, clients, users } = stack.description;
  const recovery = makeRecoveryKey();
  const offline = { kind: "RecoveryKey", publicKey: recovery.publicKey };
  await callOrder(world, { id, name }, "PUT", "backupKeys/offline", offline);
  const { text } = await callOrder(world, { id, name }, "GET", "envelopes");
  const contentKey = recovery.unwrap(envelopeIn(text));
  const found: Secret[] = [
    secretOf("the customer's own passkey", OWN_PASSKEY),
    secretOf("enrolment code", code),
    secretOf("enrolment code", otherCode),
    secretOf("content key", contentKey),
    { name: "bytes of the content key", forms: [Buffer.from(contentKey)] },
    ...privateKeysIn(node.stateDir, "device's"),
  ];
  for (const [, passkey] of await readPasskeys(customer, resourceGroup, name))
    found.push(secretOf("generated passkey", passkey));
  found.push(...privateKeysIn(join(world.folder, "keys"), "broker's"));
  found.push(
    secretOf("broker's nonce key", readFileSync(join(world.folder, "keys", "nonce-key.bin"))),
  );
  for (const { role, clientSecret } of clients)
    found.push(secretOf(`client secret of ${role}`, clientSecret));
  const { token } = await customer.credential.getToken(`${armUrl}/.default`);
  found.push(secretOf("customer's access token", token));
  for (const cookie of await signInToPortal(world, users[0]?.userName ?? ""))
    found.push(secretOf("cookie of the portal", cookie));
  return found;
}

/**
 * The life of a node in split custody: prepared, opened, rekeyed, refused, its share lost, another
 * one given, recovered.
 */
async function useSplitCustody(): Promise<{
  readonly node: EmulatedNode;
  readonly output: string;
  readonly secrets: readonly Secret[];
}> {
  const placed = await placeOrder(world, "canary-split");
  const key = await takeOwnKey(world, placed, "contososplitcanary");
  const recovery = makeRecoveryKey();
  await chooseSplitCustody(world, placed, recovery.publicKey);
  const appliance = await prepareAppliance(world, placed, ["DBX-canary-split"]);
  const node = appliance.node("DBX-canary-split");
  await shipAppliance(world, placed, appliance);
  const runs: unknown[] = [];
  const run = async (command: string, input?: string) => {
    runs.push(await node.agent([command], input));
  };
  const secretsNow = async (): Promise<Secret[]> => {
    const { text } = await callOrder(world, placed, "GET", "envelopes");
    const envelope = envelopeIn(text);
    const share = shareOf(node, envelope.context.env);
    const brokerShare = await recovery.open(envelope);
    return [
      secretOf("appliance's share", share),
      secretOf("unlock key of both shares", deriveSplitKey(share, brokerShare, envelope.context)),
      secretOf("share that the vault releases", brokerShare),
    ];
  };
  const before = await secretsNow();
  await run("unlock");
  await run("rekey");
  const after = await secretsNow();
  await run("lock");
  await run("passkey", OWN_PASSKEY);
  await key.setEnabled(false);
  await run("unlock");
  await key.setEnabled(true);
  const [file = ""] = shareFiles(node);
  const carried = shareOf(node).toString("base64url");
  rmSync(join(node.stateDir, file));
  await run("unlock");
  await run("recover", `${carried}x`);
  const wrong = encodeBase64url(new Uint8Array(randomBytes(32)));
  await run("recover", wrong);
  await run("unlock");
  await run("recover", carried);
  for (const command of ["unlock", "status", "doctor", "journal"]) await run(command);
  const secretOfCarried = secretOf("appliance's share", decodeBase64url(wrong, "share"));
  return {
    node,
    output: JSON.stringify(runs),
    secrets: [...before, ...after, secretOfCarried],
  };
}

const shareFiles = ({ stateDir }: EmulatedNode): readonly string[] =>
  readdirSync(stateDir).filter((name) => name.startsWith("device-share-"));

function shareOf(node: EmulatedNode, env?: string): Buffer {
  const [name = "", ...others] = shareFiles(node);
  if (others.length > 0 || (env !== undefined && !name.includes(env)))
    throw new Error(`unexpected shares: ${name} ${others.join(" ")}`);
  const kept: { readonly share: string } = JSON.parse(
    readFileSync(join(node.stateDir, name), "utf8"),
  );
  return Buffer.from(kept.share, "base64url");
}

async function passkeyOf({ order: { name }, serial }: Delivered): Promise<string> {
  const { stack, customer } = world;
  const passkeys = await readPasskeys(customer, stack.description.resourceGroup, name);
  return passkeys.get(serial) ?? "";
}

const envelopeIn = (exported: string) =>
  parseEnvelope(envelopeExport.parse(JSON.parse(exported)).value[0]?.jwe);

/** The private number of each PEM file, and of an RSA key one of its primes. */
function privateKeysIn(folder: string, whose: string): Secret[] {
  return readdirSync(folder)
    .filter(
      (name) =>
        name.endsWith(".pem") && readFileSync(join(folder, name), "utf8").includes("PRIVATE KEY"),
    )
    .flatMap((name) => {
      const { d = "", p } = createPrivateKey(readFileSync(join(folder, name))).export({
        format: "jwk",
      });
      return [d, ...(p === undefined ? [] : [p])].map((number) =>
        secretOf(`${whose} private key`, Buffer.from(number, "base64url")),
      );
    });
}

test("a secret is found in each of its forms, so that silence means something", () => {
  const secret = secretOf("it", "a secret of 22 letters");
  const bytes = Buffer.from("a secret of 22 letters");
  for (const text of [
    "xx a secret of 22 letters",
    bytes.toString("hex"),
    bytes.toString("base64url"),
    Buffer.concat([Buffer.from("x"), bytes]).toString("base64"),
    Buffer.concat([Buffer.from("xy"), bytes, Buffer.from("z")]).toString("base64"),
  ])
    expect(createSearch([secret])(Buffer.from(text))).toEqual(["it"]);
  expect(createSearch([secret])(Buffer.from("a secret of 21 letters"))).toEqual([]);
});

const signed = (payload: object) =>
  `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${"c".repeat(86)}`;

test("a share that a message would carry in a message is found on the wire", () => {
  const share = Buffer.alloc(32, "a share");
  const inner = signed({ extensions: { share: share.toString("base64url") } });
  const planted = Buffer.from(signed({ envelope: inner }));
  const searchIt = createSearch([secretOf("it", share)]);
  expect(searchIt(planted)).toEqual([]);
  expect(searchIt(unfold(planted))).toEqual(["it"]);
});

describe.each(STORES)("with %s", (store) => {
  beforeAll(() => open(store));
  afterAll(close);

  test("as many secrets are known as this looks for", () => {
    expect(secrets.length).toBeGreaterThan(25);
  });

  // Evidence: A reader of logs, databases, backups, dumps and command lines.
  test("secrets lie only in the files of broker, agent and stack that are meant for them", () => {
    const leaks = filesBelow(world.folder)
      .filter((path) => path !== "broker.wire")
      .flatMap((path) =>
        search(readFileSync(join(world.folder, path)))
          .filter(
            (name) => !BY_DESIGN.some(([where, secret]) => where.test(path) && secret.test(name)),
          )
          .map((name) => `${name} in ${path}`),
      );
    expect(leaks).toEqual([]);
  });

  test("where a secret belongs, its file is for its owner alone", () => {
    for (const [where] of BY_DESIGN) {
      const files = filesBelow(world.folder).filter((path) => where.test(path));
      expect(files).not.toEqual([]);
      for (const path of files) expect(statSync(join(world.folder, path)).mode & 0o077).toBe(0);
    }
  });

  // SQLite has no server; its files are below the world's folder.
  test.each(store === "PostgreSQL" ? [store] : [])(
    // Evidence: A reader of logs, databases, backups, dumps and command lines.
    "the files of %s hold none, with its write-ahead log and a log of every statement",
    () => {
      const socketFolder = postgres?.socketFolder ?? "";
      const files = filesBelow(socketFolder).map((path) => readFileSync(join(socketFolder, path)));
      // Statements with their values: the tables may hold long ones compressed.
      const written = files.filter((bytes) => bytes.includes('insert into "envelopes"'));
      expect(written.some((bytes) => bytes.includes('"encrypted_key":'))).toBe(true);
      expect(files.flatMap((bytes) => search(bytes))).toEqual([]);
    },
  );

  // Evidence: A reader of logs, databases, backups, dumps and command lines.
  test("no secret that was typed or brought at the appliance's page is shown there, or printed", () => {
    expect(localUi.shown).toContain('"passkey-rejected"');
    expect(localUi.shown).toContain('"outcome":"done"');
    expect(search(Buffer.from(localUi.shown))).toEqual([]);
  });

  // Evidence: A reader of logs, databases, backups, dumps and command lines.
  // Evidence: Secrets in logs.
  test("the log was written, and holds none", () => {
    const log = readFileSync(join(world.folder, "broker.log"));
    expect(log.toString()).toContain('"route":"/device/v1/unlocks"');
    expect(search(log)).toEqual([]);
  });

  // Evidence: A broker that opens the appliance.
  test("no message that the broker received or sent holds a share or a key of split custody", () => {
    const wire = unfold(readFileSync(join(world.folder, "broker.wire")));
    // The node's signed report of a re-key: the request was captured, and unfolded.
    const confirmed = /"rekey":"[^}]*"journalHead":"[\w-]+","extensions":\{"deviceShare":\{/;
    expect(wire.toString("latin1")).toMatch(confirmed);
    expect(search(wire).filter((name) => SPLIT.test(name))).toEqual([]);
  });

  // Evidence: A broker that opens the appliance.
  test("the agent printed no share and no key of split custody, even when it failed", () => {
    for (const code of [
      "PasskeyNotInEscrow",
      "SsemUserErrorEncryptionKeyDisabled",
      "DeviceShareMissing",
      "VolumeRejectedKey",
    ])
      expect(splitOutput).toContain(code);
    const ends = (outcome: string) => splitOutput.split(`"outcome":"${outcome}"`).length - 1;
    expect([ends("rekeyed"), ends("recovered")]).toEqual([1, 2]);
    // Two unlocks, and the status afterwards.
    expect(ends("unlocked")).toBe(3);
    expect(search(Buffer.from(splitOutput))).toEqual([]);
  });

  // Evidence: A broker that opens the appliance.
  test("an appliance's share is found where it belongs, so that silence means something", () => {
    const found = filesBelow(world.folder).filter((path) =>
      search(readFileSync(join(world.folder, path))).includes("appliance's share"),
    );
    expect(found).toEqual([expect.stringContaining("/device-share-")]);
  });

  // Evidence: A reader of logs, databases, backups, dumps and command lines.
  test("no secret is on a command line or in an environment", () => {
    const seen = [...watch.seen];
    expect(seen.some((text) => text.includes("databox-agent"))).toBe(true);
    expect(search(Buffer.from(seen.join("\n"), "latin1"))).toEqual([]);
  });

  // Evidence: A reader of logs, databases, backups, dumps and command lines.
  test("no secret is in a URL, of the broker or of Azure", () => {
    const urls = `${readFileSync(join(world.folder, "broker.urls"), "utf8")}${emulatorUrls.join("\n")}`;
    expect(urls).toContain("/device/v1/unlocks");
    expect(urls).toContain("/unwrapkey");
    expect(search(Buffer.from(urls))).toEqual([]);
  });

  test("a core dump of a broker that has unlocked holds no passkey, no share and no device's key", () => {
    // It holds this one while it serves: the search would find the others too.
    expect(foundInBroker).toContain("broker's nonce key");
    expect(foundInBroker.filter((name) => !MAY_LINGER.test(name))).toEqual([]);
  });

  test("a core dump of the daemon that holds the lease holds no passkey and no content key", () => {
    expect(foundInDaemon.filter((name) => name !== "device's private key")).toEqual([]);
  });
});
