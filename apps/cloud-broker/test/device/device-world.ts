import { join } from "node:path";

import { openEnvelope, parseEnvelope } from "@databox-cmk/crypto";
import { createRateLimit } from "@databox-cmk/http";
import type { StageName } from "@databox-cmk/protocol";
import {
  DeviceClient,
  openTemporaryFolder,
  type TemporaryFolder,
  type Transport,
} from "@databox-cmk/testkit";

import { createDeviceRoutes } from "../../src/api/device/create-device-routes.ts";
import { createFront } from "../../src/api/front/create-front.ts";
import { createPlaces } from "../../src/api/front/places.ts";
import { createTurnAway } from "../../src/api/front/turn-away.ts";
import { createAppendAudit } from "../../src/audit/append-audit.ts";
import {
  createUnauthenticatedRows,
  type UnauthenticatedBudget,
  type UnauthenticatedRows,
} from "../../src/audit/unauthenticated-rows.ts";
import { verifyChain, type ChainVerdict } from "../../src/audit/verify-chain.ts";
import { orderIdOf, type OrderId, foldOrderId } from "../../src/core/order.ts";
import { noSpans } from "../../src/http/spans.ts";
import { openBrokerKeys, type BrokerKeys } from "../../src/keys/broker-keys.ts";
import { createLog } from "../../src/observability/log.ts";
import { createEnrolmentCode } from "../../src/orders/prepare-order.ts";
import { markPrepared } from "../../src/orders/write-order.ts";
import { createLeaseWatches } from "../../src/release/leases/lease-watches.ts";
import { createCustomerQuota } from "../../src/release/limits/customer-quota.ts";
import type { UnlockQuota } from "../../src/release/limits/unlock-quota.ts";
import { createFindDevice } from "../../src/release/message/device-node.ts";
import { createCommit } from "../../src/store/group-commit.ts";
import type { Store } from "../../src/store/store.ts";
import type { Commit } from "../../src/store/transactions.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { announce } from "../world/control-plane.ts";
import { type OpenListener, openListener } from "../world/open-listener.ts";
import { orderRow } from "../world/order-row.ts";
import { RULE_SETTINGS } from "../world/rule-settings.ts";
import { FakeCustody } from "./fake-custody.ts";

export const PASSKEY = "Correct+Horse-9-Battery";
const TIME_MS = Date.UTC(2026, 10, 25);

export type WorldOptions = {
  readonly rateLimits?: { readonly address: number; readonly device: number };
  readonly unlockQuota?: UnlockQuota;
  readonly unauthenticatedBudget?: UnauthenticatedBudget;
  /** Stands between the broker and its database. */
  readonly openStore?: (path: string) => Promise<Store>;
  /** Stands between the broker and the commits of device work. */
  readonly wrapCommit?: (commit: Commit) => Commit;
};

/**
 * A broker's device API on a real TLS server and a real database file, with the vault's part played
 * in memory.
 */
export class DeviceWorld implements AsyncDisposable {
  readonly custody = new FakeCustody();
  readonly logLines: string[] = [];
  nowMs = TIME_MS;
  store!: Store;
  keys!: BrokerKeys;
  unauthenticatedRows!: UnauthenticatedRows;
  listener!: OpenListener;
  transport!: Transport;
  readonly #folder: TemporaryFolder = openTemporaryFolder();
  readonly #options: WorldOptions;

  private constructor(options: WorldOptions) {
    this.#options = options;
  }

  static async open(options: WorldOptions = {}): Promise<DeviceWorld> {
    const world = new DeviceWorld(options);
    await world.start();
    return world;
  }

  get folder(): string {
    return this.#folder.path;
  }

  get databaseFile(): string {
    return join(this.folder, "broker.sqlite");
  }

  async start(
    open: (path: string) => Promise<Store> = this.#options.openStore ?? openTestStore,
  ): Promise<void> {
    this.keys = await openBrokerKeys(this.folder);
    this.store = await open(this.databaseFile);
    const limits = this.#options.rateLimits ?? { address: 0, device: 0 };
    const now = () => this.nowMs;
    const appendAudit = createAppendAudit({ now });
    const { store, keys, custody } = this;
    this.unauthenticatedRows = createUnauthenticatedRows(
      { store, appendAudit, now },
      this.#options.unauthenticatedBudget,
    );
    const log = createLog("info", (line) => this.logLines.push(line));
    const commit = createCommit(store);
    const watches = createLeaseWatches({ store, now, most: 100 });
    const turnAway = createTurnAway({ metrics: { turnedAway: () => undefined }, log, now });
    const { handler } = createFront({
      metrics: { served: () => undefined },
      turnAway,
      places: createPlaces({
        maxAtWork: 256,
        utilization: () => 0,
        noteTurnedAway: turnAway.note,
      }),
      spans: noSpans,
      config: {
        ENTRA_AUTHORITY: "https://login.localhost:8443",
        TENANT_ID: "00000000-0000-4000-8000-00000000000a",
        ARM_URL: "https://arm.localhost:8443",
        RATE_LIMIT_ADDRESS_PER_SECOND: limits.address,
      },
      routes: createDeviceRoutes({
        findDevice: createFindDevice(store),
        waitForNews: (lease) => watches.wait(lease),
        keepConnection: () => undefined,
        store,
        commit: this.#options.wrapCommit?.(commit) ?? commit,
        keys,
        custody,
        appendAudit,
        now,
        markPrepared,
        haltCopy: () => Promise.resolve(),
        nodeErasure: {
          may: () => Promise.reject(new Error("no erasure here")),
          keep: () => Promise.reject(new Error("no erasure here")),
        },
        unauthenticatedRows: this.unauthenticatedRows,
        clock: { isOff: () => false },
        limitUnproven: createRateLimit({
          tokensPerSecond: (limits.device * 10) / 60,
          burst: limits.device * 10,
          now,
        }),
        limit: createRateLimit({
          tokensPerSecond: limits.device / 60,
          burst: limits.device,
          now,
        }),
        settings: {
          ...RULE_SETTINGS,
          unlockQuota: this.#options.unlockQuota ?? { perNode: 0, perOrder: 0 },
        },
        countCustomerUnlock: createCustomerQuota({ store, perMinute: 0, now }),
        announce,
        stillApproves: () => Promise.resolve({ ok: true, value: false }),
      }),
      store,
      appendAudit,
      unauthenticatedRows: this.unauthenticatedRows,
      authenticate: () => Promise.reject(new Error("no caller routes here")),
      now,
      log,
    });
    this.listener = await openListener(handler);
    this.transport = this.listener.transport;
  }

  async stop(): Promise<void> {
    await this.listener[Symbol.asyncDispose]();
    await this.store.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#folder[Symbol.dispose]();
  }

  /** An order being prepared, with an envelope and an enrolment code for each serial. */
  async order(
    job: string,
    serials: readonly string[],
  ): Promise<{ readonly id: OrderId; readonly codes: readonly string[] }> {
    const name = {
      subscriptionId: "00000000-0000-4000-8000-000000000001",
      resourceGroup: "databox-demo",
      name: job,
    };
    const id = orderIdOf(name);
    await this.store
      .insertInto("orders")
      .values(orderRow(name, this.nowMs, { stage: "DevicePrepared", stage_status: "InProgress" }))
      .execute();
    const codes: string[] = [];
    for (const [index, serial] of serials.entries()) {
      const code = createEnrolmentCode(this.nowMs);
      codes.push(code.code);
      await this.custody.seal(id, serial, PASSKEY);
      await this.store
        .insertInto("nodes")
        .values({
          order_id: id,
          serial,
          ordinal: index,
          passkey_origin: "generated",
          enrolment_code_hash: code.hash,
          enrolment_expires_at_ms: code.expiresAtMs,
          device_kid: null,
          device_jwk_json: null,
          minimum_suite: null,
          last_counter: 0,
          prepared_at_ms: null,
          last_outcome: null,
          last_seen_at_ms: null,
        })
        .execute();
    }
    return { id, codes };
  }

  /** A device that knows the broker's keys already, so that it can read any answer. */
  device(order: OrderId, serial: string): DeviceClient {
    const device = new DeviceClient({ transport: this.transport, order, serial });
    device.brokerKeys = this.keys.bundle;
    return device;
  }

  /** An enrolled device of a new order, which stands at `stage`. */
  async enrolled(name: string, stage: StageName = "Delivered"): Promise<DeviceClient> {
    const serial = `${name.toUpperCase()}-N1`;
    const { id, codes } = await this.order(name, [serial]);
    const device = this.device(id, serial);
    const answer = await device.enrol(codes[0] ?? "");
    if (answer.kind !== "answer") throw new Error(`enrolment failed: ${JSON.stringify(answer)}`);
    await this.setStage(device.order, stage);
    return device;
  }

  async setStage(order: string, stage: StageName): Promise<void> {
    await this.store
      .updateTable("orders")
      .set({ stage })
      .where("id", "=", foldOrderId(order))
      .execute();
  }

  async audit(chain: string): Promise<readonly Record<string, unknown>[]> {
    const rows = await this.store
      .selectFrom("audit")
      .select("row_json")
      .where("chain", "=", chain)
      .orderBy("sequence")
      .execute();
    return rows.map(({ row_json: rowJson }): Record<string, unknown> => JSON.parse(rowJson));
  }

  async verifyAudit(chain: string): Promise<ChainVerdict> {
    const rows = await this.store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json as rowJson", "hash"])
      .where("chain", "=", chain)
      .orderBy("sequence")
      .execute();
    return verifyChain(chain, rows);
  }

  /** Whether a content key opens what the device keeps: the one proof that an unlock worked. */
  async opens(device: DeviceClient, contentKey: Uint8Array | undefined): Promise<boolean> {
    if (device.envelope === undefined || contentKey === undefined) return false;
    const envelope = parseEnvelope(device.envelope.jwe);
    const context = { env: device.envelope.env, ord: device.order, dev: device.serial };
    const passkey = await openEnvelope(envelope, contentKey, context);
    return Buffer.from(passkey).toString() === PASSKEY;
  }
}
