import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { messageHash } from "@databox-cmk/crypto";
import { PORTAL_PATHS } from "@databox-cmk/protocol";
import type { DeviceClient, LeaseClient, PreparedUnlock } from "@databox-cmk/testkit";
import { sql } from "kysely";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { createRecordRounds } from "../../src/run/restore/keep-record.ts";
import { confirmRestores, listUnconfirmed } from "../../src/run/restore/restores.ts";
import { copyTestStore, ENGINE } from "../store/open-test-store.ts";
import { API, jobPath, SUBSCRIPTION } from "../world/jobs.ts";
import type { BrokerWorld, JsonAnswer } from "../world/open-broker.ts";
import { PORTAL_URL, recordOf, VAULTS } from "./open-explored.ts";
import { accountOf, MAILED, type Name, namesIn, partOf, type Rules } from "./people.ts";
import {
  type Happening,
  History,
  judgeLeaving,
  type Leaving,
  type Violation,
} from "./properties.ts";

/** Guards that unsafe twins remove; those of core/ways-out.ts are removed in that table. */
export type Removed =
  | "a program is told from a person"
  | "only an Owner moves power"
  | "a vote counts once"
  | "an erasure is final"
  | "an Owner can override"
  | "changes are announced"
  | "the view knows the caller"
  | "the verdict has the guards"
  | "the former approvers get an e-mail"
  | "the unlock hours"
  | "split custody stays"
  | "a kill switch ends leases"
  | "the record is kept beside the database";

type Argument = string | number | boolean | Step;
/** Plain data that means something in any state. */
export type Step = readonly [name: string, ...given: Argument[]];

type Carried = Awaited<ReturnType<DeviceClient["prepareChallenge"]>>;
type Asked<Request> = {
  readonly request: Request;
  /** The last happening before it was made. */
  readonly since: number;
  approval?: string | undefined;
  answer?: string | undefined;
};
export type Node = {
  readonly client: DeviceClient;
  /** How many devices of the node had been replaced before it. */
  readonly number: number;
  /** Its own share, and what opens its volume, once it was keyed in split custody. */
  split?: { readonly share: Uint8Array; readonly key: Uint8Array } | undefined;
  asked?: (Asked<PreparedUnlock> & { readonly purpose: "unlock" | "ingest" }) | undefined;
  challenge?: (Asked<Carried> & { readonly asker: Name }) | undefined;
  /** The answered challenge, for its repeat. */
  carried?: (Asked<Carried> & { readonly asker: Name }) | undefined;
  lease?: LeaseClient | undefined;
  /** It waits for news of its lease. */
  wait?: Promise<string> | undefined;
};
export type Place = "vault" | "transaction";
/** A call on its way: `until` is the last happening before it went on, once it was held. */
export type Flight = { until?: number };
type Held = {
  readonly flight: Flight;
  readonly open: () => void;
  readonly running: Promise<string>;
};

const DAY_MS = 86_400_000;

/** Contributor. */
const BOBS_ROLE = { roleDefinitionId: "b24988ac-6180-42a0-ab88-20f7382dd24c", scope: "/" };

type Round = ReturnType<typeof createRecordRounds>;
/** By store: each remembers that it has compared itself. */
const ROUNDS = new WeakMap<object, Round>();

export type Perform = (walk: Walk, step: Step, flight: Flight) => Promise<string>;

/** One order's life: steps against a real broker, and their answers. */
export class Walk {
  readonly history = new History();
  readonly violations: Violation[] = [];
  readonly told: { readonly step: Step; readonly answer: string }[] = [];
  /** Changes that wait for approvals: the step that is sent again once they are given. */
  readonly changes = new Map<Name, { readonly step: Step; approval?: string | undefined }>();
  /** The approval of each change that was asked for. */
  readonly waiting = new Map<string, string>();
  /** Grants that have left, with the last happening before each was made. */
  readonly given = new Map<string, number>();
  /** The person who asked first, by approval. */
  readonly askers = new Map<string, Name>();
  readonly tokens = new Map<string, Promise<string>>();
  node!: Node;
  /** The facts of an order with two nodes. */
  second: Node | undefined;
  thief: Node | undefined;
  enrolmentCode: string | undefined;
  /** A copy of the database, and the walk's facts at that time. */
  backup:
    | { readonly file: string; readonly seq: number; readonly hadRecoveryKey: boolean }
    | undefined;
  /** Versions of the customer's keys that this walk has made. */
  readonly kids: string[] = [];
  /** The newest session of each person who has signed in to the portal. */
  readonly sessions = new Map<Name, { readonly id: string; readonly csrfToken: string }>();
  /** A held call may block the next step, which then would never end. */
  patienceMs = 1_500;
  /** The last happening before the step that runs. */
  begun = 0;
  hasRecoveryKey = false;
  /** The latest time that the clock has shown. */
  newestMs = 0;
  held: Held | undefined;
  #gate: { readonly at: Place; readonly wait: () => Promise<void> } | undefined;
  readonly #unhook: (() => unknown)[] = [];
  readonly world: BrokerWorld;
  readonly job: string;
  readonly removed: ReadonlySet<Removed>;

  constructor(world: BrokerWorld, job: string, removed: ReadonlySet<Removed>) {
    this.world = world;
    this.job = job;
    this.removed = removed;
  }

  get path(): string {
    return jobPath(this.job);
  }
  get nowMs(): number {
    return this.world.clock.nowMs;
  }
  /** Whether a kill switch is on over any node. */
  get isOn(): boolean {
    return this.history.switchesOn(this.history.seq).size > 0;
  }
  get isSplit(): boolean {
    return this.history.of("split", this.history.seq).length > 0;
  }
  get stage(): string {
    return this.history.stageAt(this.history.seq);
  }
  get rules(): Rules {
    return this.history.rulesAt(this.history.seq);
  }

  bad(property: Violation["property"], what: string): void {
    this.violations.push({ property, what });
  }
  note(happening: Happening): void {
    this.history.note(happening, this.nowMs);
  }
  /** Judges what has left. */
  leaves(leaving: Omit<Leaving, "left" | "atMs">, flight: Flight): void {
    const { history, nowMs: atMs } = this;
    const whole = { ...leaving, left: flight.until ?? history.seq, atMs };
    this.violations.push(...judgeLeaving(whole, history));
  }

  /** @param kind - of the order: with one node or two */
  async begin(kind: "one node" | "two nodes"): Promise<void> {
    const { clock, vaults, assignments, identities, kid } = this.world;
    // Monday noon, later than all before: what replicas remember has expired.
    const week = 7 * DAY_MS;
    clock.nowMs = Math.ceil((clock.nowMs + 1) / week) * week + 4.5 * DAY_MS;
    for (const vault of VAULTS) vaults.setOutage(vault, undefined);
    vaults.setEnabled(kid, true);
    this.kids.push(kid);
    await this.noteAlive();
    assignments.set(accountOf("Bob").oid, [BOBS_ROLE]);
    // Events of former walks are not read again.
    await this.world.store().deleteFrom("webhook_deliveries").execute();
    const [first, second] =
      kind === "two nodes"
        ? await this.world.deliveredHeavy(this.job)
        : [await this.world.delivered(this.job)];
    if (first === undefined) throw new Error("no node");
    for (const { principalId } of identities.system.values())
      for (const vault of VAULTS) vaults.grant(vault, principalId);
    this.node = { client: first, number: 0 };
    if (second !== undefined) this.second = { client: second, number: 0 };
    this.hook();
  }

  /** @param meanwhile - while no process has the database open */
  get #database(): string {
    return join(this.world.folder, "broker.sqlite");
  }

  async restart(how?: "crashed", meanwhile?: () => Promise<void> | void): Promise<void> {
    this.unhook();
    // The waits of a killed process would end with it; here they end before.
    for (const { broker } of this.world.replicas()) broker.watches.close();
    for (const node of [this.node, this.second, this.thief]) await node?.wait;
    await this.world.restart(how, meanwhile);
    // Before it serves.
    await this.noteAlive();
    this.hook();
    this.tokens.clear();
    for (const node of [this.node, this.second, this.thief])
      node?.client.use(this.world.transport());
  }

  /** A round of the restore record, as each minute. */
  async noteAlive(): Promise<void> {
    const store = this.world.store();
    const now = () => this.nowMs;
    const round =
      ROUNDS.get(store) ??
      createRecordRounds({
        store,
        appendAudit: createAppendAudit({ now }),
        announce: () => Promise.resolve(),
        now,
      });
    ROUNDS.set(store, round);
    return round();
  }

  async backUp(): Promise<string> {
    const file = join(this.world.folder, `${this.job}.backup`);
    if (ENGINE === "sqlite") {
      rmSync(file, { force: true });
      await sql`vacuum into ${file}`.execute(this.world.store());
    } else {
      if (this.held !== undefined) return "something is held";
      await this.restart(undefined, () => copyTestStore(this.#database, file));
    }
    const { hasRecoveryKey: hadRecoveryKey } = this;
    this.backup = { file, seq: this.history.seq, hadRecoveryKey };
    return "kept";
  }

  async restoreBackup(): Promise<string> {
    if (this.backup === undefined) return "no backup";
    if (this.held !== undefined) return "something is held";
    const { file, seq, hadRecoveryKey } = this.backup;
    const path = this.#database;
    for (const { store } of this.world.replicas()) await store.restoreRecord?.flush();
    if (this.removed.has("the record is kept beside the database"))
      rmSync(recordOf(this.world), { recursive: true });
    await this.restart(undefined, () => {
      if (ENGINE === "postgres") return copyTestStore(file, path);
      for (const end of ["-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      return copyFileSync(file, path);
    });
    this.history.restore(seq, this.nowMs);
    this.hasRecoveryKey = hadRecoveryKey;
    this.sessions.clear();
    return "restored";
  }

  async confirmRestore(): Promise<string> {
    const store = this.world.store();
    const now = () => this.nowMs;
    await confirmRestores({ store, appendAudit: createAppendAudit({ now }) }, "ticket 12");
    const { length } = await listUnconfirmed(store);
    return length === 0 ? "confirmed" : `${length} are left`;
  }

  /** Only kill switches of the deleted order hold for the new one; its device is a thief's. */
  async placeAgain(): Promise<string> {
    if (this.stage !== "Deleted") return "the name is taken";
    if (this.held !== undefined) return "something is held";
    if (this.isOn) return "unlocking is off";
    const { node, kids } = this;
    for (const vault of VAULTS) this.world.vaults.setOutage(vault, undefined);
    for (const kid of kids) this.world.vaults.setEnabled(kid, true);
    this.history.beginAgain();
    for (const kept of [this.changes, this.waiting, this.askers]) kept.clear();
    if (this.backup !== undefined) rmSync(this.backup.file, { force: true });
    Object.assign(this, { hasRecoveryKey: false, backup: undefined, enrolmentCode: undefined });
    this.second = undefined;
    const client = await this.world.delivered(this.job);
    this.thief = { ...node, number: -1 };
    this.node = { client, number: 0 };
    for (const { principalId } of this.world.identities.system.values())
      for (const vault of VAULTS) this.world.vaults.grant(vault, principalId);
    return "placed";
  }

  /** Calls wait at the vault, or before their transaction, for the gate of this walk. */
  hook(): void {
    this.unhook();
    const pass = async (at: Place) => {
      if (this.#gate?.at !== at) return;
      const { wait } = this.#gate;
      this.#gate = undefined;
      await wait();
    };
    const { port } = this.world.vaults;
    const { unwrapKey } = port;
    port.unwrapKey = async (...asked) => {
      const unwrapped = await unwrapKey(...asked);
      await pass("vault");
      return unwrapped;
    };
    this.#unhook.push(() => {
      port.unwrapKey = unwrapKey;
    });
    for (const store of new Set(this.world.replicas().map((replica) => replica.store))) {
      const begin = store.transaction.bind(store);
      const wrap = (builder: ReturnType<typeof begin>): typeof builder => {
        const execute = builder.execute.bind(builder);
        const level = builder.setIsolationLevel.bind(builder);
        builder.execute = async (work) => {
          await pass("transaction");
          return execute(work);
        };
        builder.setIsolationLevel = (wanted) => wrap(level(wanted));
        return builder;
      };
      store.transaction = () => wrap(begin());
      this.#unhook.push(() => {
        store.transaction = begin;
      });
    }
  }
  /** State that would otherwise stay for the next walk. */
  async end(): Promise<void> {
    this.unhook();
    for (const kid of this.kids) this.world.vaults.setEnabled(kid, true);
    for (const kind of ["subscription", "fleet"]) {
      const scope = kind === "fleet" ? { kind } : { kind, subscriptionId: SUBSCRIPTION };
      await this.call("the operator", "POST", "/operator/v1/restoreAccess", { scope });
    }
    if (this.backup !== undefined) rmSync(this.backup.file, { force: true });
  }
  unhook(): void {
    for (const undo of this.#unhook.splice(0)) undo();
  }

  async take(step: Step, perform: Perform): Promise<void> {
    const flight: Flight = {};
    // Lists are ordered by time: two things at one moment would be ordered by random ids.
    this.world.clock.nowMs += 1;
    this.newestMs = Math.max(this.newestMs, this.nowMs);
    this.begun = this.history.seq;
    const running = perform(this, step, flight);
    if (this.held === undefined || step[0] === "let go") {
      this.told.push({ step, answer: await running });
      return;
    }
    if ((await this.soon(running)) === undefined) {
      // The order of the two is not known: this step is judged by the facts before both.
      flight.until = this.history.seq;
      await this.letGo();
    }
    this.told.push({ step, answer: await running });
  }

  /** @returns undefined if it takes longer than a walk waits */
  async soon(running: Promise<string>): Promise<string | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      late.resolve(undefined);
    }, this.patienceMs);
    return Promise.race([running, late.promise]).finally(() => {
      clearTimeout(timer);
    });
  }

  /** Starts a step and stops its first call at this place, until `letGo`. */
  async hold(at: Place, step: Step, perform: Perform): Promise<string> {
    if (this.held !== undefined) return "something is held already";
    const arrived = Promise.withResolvers<"arrived">();
    const opened = Promise.withResolvers<undefined>();
    this.#gate = {
      at,
      async wait() {
        arrived.resolve("arrived");
        await opened.promise;
      },
    };
    const flight: Flight = {};
    const running = perform(this, step, flight);
    const first = await Promise.race([arrived.promise, running]);
    this.#gate = undefined;
    if (first !== "arrived") return `not held: ${first}`;
    this.held = {
      flight,
      running,
      open: () => {
        opened.resolve(undefined);
      },
    };
    return "held";
  }
  async letGo(): Promise<string> {
    const { held } = this;
    if (held === undefined) return "nothing is held";
    this.held = undefined;
    held.flight.until = this.history.seq;
    held.open();
    return held.running;
  }

  async call(who: Name, method: string, path: string, body?: object): Promise<JsonAnswer> {
    const { human: _human, ...claims } = accountOf(who);
    const { removed } = this;
    const passes =
      removed.has("a program is told from a person") ||
      (method === "GET" && removed.has("the view knows the caller"));
    const roles =
      removed.has("only an Owner moves power") && who === "Carl" ? ["Owner"] : claims.roles;
    const isApplication = claims.isApplication === true && !passes;
    const key = `${who} ${String(isApplication)} ${Math.floor(this.nowMs / 900_000)}`;
    const token =
      this.tokens.get(key) ??
      this.world.token({ ...claims, isApplication, ...(roles === undefined ? {} : { roles }) });
    this.tokens.set(key, token);
    const session = this.sessions.get(who);
    const isOperators = path.startsWith("/operator");
    const query = isOperators ? path : `${path}?${API}`;
    const below = session === undefined ? "" : PORTAL_PATHS[isOperators ? "operator" : "caller"];
    const answer = await this.world.call(method, `${below}${query}`, {
      claims: "none",
      headers:
        session === undefined
          ? { authorization: `Bearer ${await token}` }
          : {
              cookie: `__Host-databox=${session.id}`,
              origin: PORTAL_URL,
              "sec-fetch-site": "same-origin",
              "x-csrf-token": session.csrfToken,
              "if-match": "*",
            },
      ...(body === undefined ? {} : { body }),
    });
    // The session has ended: the person goes on without the portal.
    if (session !== undefined && answer.status === 401) {
      this.sessions.delete(who);
      return this.call(who, method, path, body);
    }
    if (answer.status >= 500 && answer.status !== 503)
      this.bad(8, `${method} answered ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  }
  order(who: Name, method: string, path: string, body?: object): Promise<JsonAnswer> {
    return this.call(who, method, `${this.path}${path}`, body);
  }
  operate(action: string, body: object = {}): Promise<JsonAnswer> {
    return this.call("the operator", "POST", `/operator/v1${this.path}/${action}`, body);
  }

  /** Each repeat of a grant has its row. */
  async requireRepeatTold(text: string): Promise<void> {
    const rows = await this.world
      .store()
      .selectFrom("audit")
      .select("row_json")
      .where("chain", "=", this.path.toLowerCase())
      .execute();
    const hash = messageHash(text);
    if (!rows.some(({ row_json: row }) => row.includes('"repeated":true') && row.includes(hash)))
      this.bad(7, "a repeated answer has no row");
  }

  /** The chain of the order has a row of the change with its actor, and receivers have its event. */
  async requireTold(action: string, who: Name, event?: string, chain = this.path): Promise<void> {
    const store = this.world.store();
    const rows = await store
      .selectFrom("audit")
      .select("row_json")
      .where("chain", "=", chain.toLowerCase())
      .where("at_ms", ">", this.nowMs - DAY_MS)
      .execute();
    const isAudited = rows.some(
      ({ row_json: row }) => row.includes(`"${action}"`) && row.includes(accountOf(who).oid),
    );
    if (!isAudited) this.bad(7, `no row says who made the change ${action}`);
    if (event === undefined) return;
    if (this.removed.has("changes are announced"))
      await store.deleteFrom("webhook_deliveries").execute();
    const queued = await store.selectFrom("webhook_deliveries").select("body").execute();
    if (!queued.some(({ body }) => body.includes(event) && body.includes(this.job)))
      this.bad(7, `${event} was not announced`);
  }

  /** The former approvers get an e-mail about the new policy, though it names others. */
  async requireFormerTold(former: Rules): Promise<void> {
    const store = this.world.store();
    if (this.removed.has("the former approvers get an e-mail"))
      await store.deleteFrom("webhook_deliveries").where("url", "like", "person:%").execute();
    const queued = await store
      .selectFrom("webhook_deliveries")
      .select("url")
      .where("body", "like", `%policy.changed%${this.job}"%`)
      .execute();
    const told = new Set(queued.map(({ url }) => url));
    const named = (["unlock", "ingest"] as const).map((part) => namesIn(partOf(former, part)));
    for (const { oid } of MAILED.map(accountOf)) {
      const mayDecide = named.some((names) => names.length === 0 || names.includes(oid));
      if (mayDecide && !told.has(`person:${oid}`)) this.bad(7, "a former approver was not told");
    }
  }
}
