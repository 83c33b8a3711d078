// @module-tag one-engine

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { EVENT_TYPES, renderCloudEvent } from "../../src/core/cloud-event.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { enqueueEvent } from "../../src/events/announce.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Store } from "../../src/store/store.ts";
import { type BrokerEnvironment, createBrokerEnvironment } from "../serve/broker-environment.ts";
import { buildBroker, type BuiltBroker } from "../serve/build-broker.ts";
import { type BrokerProcess, startProcess } from "../serve/start-process.ts";
import { SUBSCRIPTION } from "../world/jobs.ts";
import { AUTHORITY, CERTIFICATE, type MailServer, openMailServer, USER } from "./mail-server.ts";

const PATIENCE = { timeout: 300_000 };
/** Longer than a busy machine needs to give the database back. */
const LOCK_PATIENCE_MS = 300_000;
const ID = "00000000-0000-4000-8000-00000000e7e7";

let built: BuiltBroker;
beforeAll(async () => {
  built = await buildBroker();
});
afterAll(() => {
  built[Symbol.dispose]();
});

let environment: BrokerEnvironment;
let mail: MailServer;
let onHangUp: () => Promise<void>;
let chat: ChatServer;
let broker: BrokerProcess;
beforeEach(async () => {
  environment = await createBrokerEnvironment();
  onHangUp = () => Promise.resolve();
  mail = await openMailServer({ onClose: () => void onHangUp() });
  chat = await openChatServer();
});
afterEach(async () => {
  broker[Symbol.dispose]();
  await mail[Symbol.asyncDispose]();
  chat[Symbol.dispose]();
  environment[Symbol.dispose]();
});

const databaseFile = () => join(environment.dataDir, "broker.sqlite");

async function startBroker(): Promise<void> {
  const ask = { events: [EVENT_TYPES.breakGlass], subscriptions: "all" };
  const files = {
    "authority.pem": AUTHORITY.certificatePem,
    "channels.json": JSON.stringify({
      smtp: {
        host: "localhost",
        port: mail.port,
        security: "starttls",
        from: "cmk@contoso.example",
        ...USER,
      },
      channels: [
        { kind: "email", name: "mail", to: "security@contoso.example", ...ask },
        { kind: "slack", name: "chat", url: chat.url, ...ask },
      ],
    }),
  };
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(environment.dataDir, "..", name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  });
  const [EXTRA_CA_FILE = "", NOTICE_CHANNELS_FILE = ""] = paths;
  broker = startProcess(
    { ...environment.variables, EXTRA_CA_FILE, NOTICE_CHANNELS_FILE },
    built.main,
  );
  await broker.ready();
}

/** The process ends here; none of its handlers runs. */
async function kill(): Promise<void> {
  broker.child.kill("SIGKILL");
  await broker.ended;
}

async function withStore<Value>(use: (store: Store) => Promise<Value>): Promise<Value> {
  const store = await openStore(databaseFile());
  try {
    return await use(store);
  } finally {
    await store.destroy();
  }
}

const enqueue = (channel: string) =>
  withStore((store) =>
    store.transaction().execute((transaction) =>
      enqueueEvent(transaction, [`channel:${channel}`], {
        id: ID,
        body: renderCloudEvent({
          id: ID,
          source: "https://broker.localhost:8444",
          type: EVENT_TYPES.breakGlass,
          order: orderIdOf({ subscriptionId: SUBSCRIPTION, resourceGroup: "rg", name: "atlas" }),
          atMs: Date.now(),
          data: {},
        }),
        atMs: Date.now(),
      }),
    ),
  );
const queued = () =>
  withStore((store) =>
    store.selectFrom("webhook_deliveries").select(["url", "attempts"]).execute(),
  );
/** Ends the minute for which the dead broker had claimed its deliveries. */
const passClaim = () =>
  withStore((store) =>
    store.updateTable("webhook_deliveries").set({ next_attempt_at_ms: 0 }).execute(),
  );

/** A channel of a chat, as Slack and Teams are: it answers 200 to each message. */
type ChatServer = Disposable & {
  readonly url: string;
  readonly received: string[];
  beforeAnswer: () => Promise<void>;
};

async function openChatServer(): Promise<ChatServer> {
  const received: string[] = [];
  const state = { beforeAnswer: () => Promise.resolve() };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    received.push(await text(request));
    await state.beforeAnswer();
    response.end("ok");
  };
  const server = createServer(
    { key: CERTIFICATE.privateKeyPem, cert: CERTIFICATE.certificatePem },
    (request, response) => void answer(request, response),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return Object.assign(state, {
    url: `https://localhost:${String(address.port)}/services/channel`,
    received,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

/** A new process on the remains of the killed one; sends what is due, and only that. */
async function startAgain(channel: string): Promise<void> {
  expect(await queued()).toEqual([{ url: `channel:${channel}`, attempts: 1 }]);
  await passClaim();
  await startBroker();
  await expect.poll(queued, PATIENCE).toEqual([]);
}

const messageIds = () =>
  mail.received.map(({ source }) => /^Message-ID:\s+(\S+)/m.exec(source)?.[1]);
const SAME_ID = `<${ID}.mail@broker.localhost>`;

describe("a notice of a broker that is killed", () => {
  test("before the mail server has answered is sent again under the same Message-ID", async () => {
    mail.beforeAnswer = kill;
    await startBroker();
    await enqueue("mail");
    await broker.ended;
    expect(messageIds()).toEqual([SAME_ID]);
    mail.beforeAnswer = () => Promise.resolve();
    await startAgain("mail");
    expect(messageIds()).toEqual([SAME_ID, SAME_ID]);
  });

  test("after the mail server has answered, before that is noted, is sent again under the same Message-ID", async () => {
    let held: Database.Database | undefined;
    mail.beforeAnswer = () => {
      // The broker gets the answer, and cannot note it.
      held = new Database(databaseFile(), { timeout: LOCK_PATIENCE_MS });
      held.exec("begin immediate");
      return Promise.resolve();
    };
    onHangUp = async () => {
      if (held === undefined) return;
      await kill();
      held.close();
      held = undefined;
    };
    await startBroker();
    await enqueue("mail");
    await broker.ended;
    await expect.poll(() => held, PATIENCE).toBeUndefined();
    expect(messageIds()).toEqual([SAME_ID]);
    mail.beforeAnswer = () => Promise.resolve();
    await startAgain("mail");
    expect(messageIds()).toEqual([SAME_ID, SAME_ID]);
  });

  test("before the chat has answered is posted again, the same", async () => {
    chat.beforeAnswer = kill;
    await startBroker();
    await enqueue("chat");
    await broker.ended;
    expect(chat.received).toHaveLength(1);
    chat.beforeAnswer = () => Promise.resolve();
    await startAgain("chat");
    const [first, second, ...others] = chat.received;
    expect(first).toContain("Emergency access to order atlas is active");
    expect(second).toBe(first);
    expect(others).toEqual([]);
  });
});
