import { hash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { systemCodeOf } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { DAY_MS } from "../core/day.ts";
import type { EpochMs } from "../core/order.ts";
import { replaceFile } from "../keys/rotate-key-ring.ts";

/** Longer than a backup may be kept (docs/operate/runbook.md). */
const ERASURE_DAYS = 400;
/** An approval lives for seven days at most: after that a restored one has expired, too. */
const USE_DAYS = 8;

const SWITCH = z.object({
  id: z.string(),
  kind: z.enum(["fleet", "subscription", "order", "node"]),
  scope: z.string(),
  origin: z.enum(["customer", "operator"]),
  reason: z.string(),
  created_at_ms: z.number(),
  created_by: z.string(),
});
/** `order` in lower case. */
const ERASURE = z.object({ order: z.string(), atMs: z.number() });
const USE = z.object({ of: z.enum(["approvals", "break_glass"]), id: z.string() });
export type Switch = z.infer<typeof SWITCH>;
export type Erasure = z.infer<typeof ERASURE>;
export type Use = z.infer<typeof USE>;

/** How often the database was noted to be alive, and when last. */
const BEAT = z.object({ beat: z.number(), atMs: z.number() });
export type Beat = z.infer<typeof BEAT>;

/** Decisions that the record has and the database has not. */
export type LostDecisions = {
  /** Kill switches. */
  readonly switches: readonly Switch[];
  /** Orders whose keys were destroyed, and are in the database again. */
  readonly erasures: readonly Erasure[];
  /** Used approvals and break-glasses that could be used again. */
  readonly uses: readonly Use[];
};

export type RestoreRecord = ReturnType<typeof createRestoreRecord>;

const PATIENCE_MS = 2_000;

/**
 * A folder beside the database that is never restored with it: facts that a restored database must
 * not forget. Each fact is a file, so replicas share the folder without a lock.
 *
 * The database commits first, then the file is written, then the caller is answered. No file names
 * a decision that the database did not commit, and a crash loses no decision that was answered.
 */
export function createRestoreRecord(folder: string, patienceMs = PATIENCE_MS) {
  /** The key is the file's name, so that an attempt repeated each minute waits once. */
  const unwritten = new Map<string, () => Promise<void>>();
  const call = createCalls(patienceMs);
  const pathOf = (kind: "switches" | "erasures" | "uses", name: string) =>
    join(folder, kind, `${name}.json`);
  /** A folder that cannot be written stops no kill switch: `flush` tries again. */
  const keep = async (name: string, work: () => Promise<void>) => {
    try {
      await work();
      unwritten.delete(name);
    } catch {
      unwritten.set(name, work);
    }
  };
  const put = (path: string, fact: object) => keep(path, () => call(() => write(path, fact)));
  return {
    folder,
    keep,
    keepSwitch: (fact: Switch) => put(pathOf("switches", fact.id), fact),
    forgetSwitch(id: string) {
      const path = pathOf("switches", id);
      return keep(path, () => call(() => rm(path, { force: true })));
    },
    keepErasure(order: string, atMs: EpochMs) {
      const name = `${dayAfter(atMs, ERASURE_DAYS)}.${hash("sha256", order)}`;
      return put(pathOf("erasures", name), { order, atMs });
    },
    keepUse(of: Use["of"], id: string, atMs: EpochMs) {
      const name = `${dayAfter(atMs, USE_DAYS)}.${of}.${id}`;
      return put(pathOf("uses", name), { of, id });
    },
    /** @throws what the file system says, as long as something is not written */
    async flush() {
      for (const [name, work] of unwritten) {
        await work();
        unwritten.delete(name);
      }
    },
    listSwitches: () => readAll(call, join(folder, "switches"), SWITCH),
    /** Without reading the switches: their files are named by their ids. */
    async listSwitchIds() {
      const files = await list(call, join(folder, "switches"));
      return files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
    },
    /** @param fromMs - without those of the days before */
    listErasures: (nowMs: EpochMs, fromMs: EpochMs) =>
      readAll(call, join(folder, "erasures"), ERASURE, {
        today: dayAfter(nowMs, 0),
        from: dayAfter(fromMs, ERASURE_DAYS),
      }),
    listUses: (nowMs: EpochMs) =>
      readAll(call, join(folder, "uses"), USE, { today: dayAfter(nowMs, 0), from: "" }),
    async readBeat(): Promise<Beat | undefined> {
      return (await readFact(call, BEAT, join(folder, "beat.json")))[0];
    },
    writeBeat: (beat: Beat) => call(() => write(join(folder, "beat.json"), beat)),
    /** @param atMs - by a clock that the last beat confirms: a wrong one must forget nothing */
    async removeBefore(atMs: EpochMs) {
      for (const kind of ["erasures", "uses"])
        for (const file of await list(call, join(folder, kind)))
          if (file < dayAfter(atMs, 0))
            await call(() => rm(join(folder, kind, file), { force: true }));
    },
  };
}

type Call = ReturnType<typeof createCalls>;

/**
 * One call of the file system at a time, each with a time limit. In a network folder whose server
 * is gone, a call keeps one of Node's few threads until the server is back; the others fail
 * meanwhile.
 */
function createCalls(patienceMs: number) {
  let last: Promise<unknown> = Promise.resolve();
  let isHanging = false;
  const within = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const silence = Object.assign(new Error("the folder does not answer"), { code: "ETIMEDOUT" });
    if (isHanging) return Promise.reject(silence);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      isHanging = true;
      reject(silence);
    }, patienceMs);
    const working = work().finally(() => {
      clearTimeout(timer);
      isHanging = false;
    });
    return Promise.race([working, late]);
  };
  return <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(() => within(work));
    last = turn.catch(() => undefined);
    return turn;
  };
}

const list = (call: Call, folder: string) => call(() => readdir(folder).catch(noneIfAbsent));

async function write(path: string, value: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, JSON.stringify(value));
}

/** Names sort by the day after which the fact no longer matters. */
const dayAfter = (atMs: EpochMs, days: number): string =>
  new Date(atMs + days * DAY_MS).toISOString().slice(0, 10);

type Schema<Value> = { parse(value: unknown): Value };

/**
 * The facts of a folder.
 *
 * @param days - of files whose names begin with the last day on which they matter: those before
 * `today` or `from` are left out
 */
async function readAll<Value>(
  call: Call,
  folder: string,
  schema: Schema<Value>,
  days = { today: "", from: "" },
): Promise<readonly Value[]> {
  const facts: Value[] = [];
  for (const file of await list(call, folder)) {
    if (file.endsWith(".json") && file >= days.today && file >= days.from)
      facts.push(...(await readFact(call, schema, join(folder, file))));
  }
  return facts;
}

/** @returns nothing for a file that another replica has removed meanwhile */
async function readFact<Value>(
  call: Call,
  schema: Schema<Value>,
  path: string,
): Promise<readonly [] | readonly [Value]> {
  const texts = await call(() => readFile(path, "utf8").then((text) => [text], noneIfAbsent));
  return texts[0] === undefined ? [] : [schema.parse(JSON.parse(texts[0]))];
}

function noneIfAbsent(error: unknown): string[] {
  if (systemCodeOf(error) === "ENOENT") return [];
  throw error;
}
