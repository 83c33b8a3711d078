import { createHmac, hash, randomBytes } from "node:crypto";

import * as z from "zod";

import { decideSessionLife, SESSION_LIMITS } from "../../core/portal/session-lifetime.ts";
import type { Clock } from "../../core/ports.ts";
import type { Session, SessionContent } from "../../http/route.ts";
import type { Store } from "../../store/store.ts";
import type { Seal } from "./seal.ts";

const token = z.strictObject({ accessToken: z.string(), expiresAtMs: z.number() });
const contentSchema = z.strictObject({
  tenantId: z.string().optional(),
  name: z.string(),
  roles: z.array(z.string()),
  refreshToken: z.string().optional(),
  // A newer replica may have put tokens in that this one does not know.
  tokens: z.object({
    arm: token.optional(),
    vault: token.optional(),
    graph: token.optional(),
  }),
});

export type Sessions = ReturnType<typeof createSessions>;

const ID_BYTES = 32;
/** Maximum number of browsers per person; the least recently used session ends. */
export const SESSIONS_MAX_PER_PERSON = 10;
const CSRF_PURPOSE = "databox-cmk/portal/csrf/v1";

export const hashOfSessionId = (id: string): string => hash("sha256", id, "base64url");

/**
 * Sessions in the database, so that every replica knows them and signing out takes effect
 * everywhere at once.
 */
export function createSessions(deps: {
  readonly store: Store;
  readonly seal: Seal;
  readonly now: Clock;
}) {
  async function read(idHash: string, csrfToken: string): Promise<Session | undefined> {
    const row = await deps.store
      .selectFrom("portal_sessions")
      .select(["object_id", "created_at_ms", "last_seen_at_ms", "revision", "sealed"])
      .where("id_hash", "=", idHash)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const createdAtMs = row.created_at_ms;
    const life = decideSessionLife({ createdAtMs, lastSeenAtMs: row.last_seen_at_ms }, deps.now());
    // Sealed by a replaced key: the person counts as signed out.
    const content = contentSchema.safeParse(await deps.seal.open(purposeOf(idHash), row.sealed));
    if (life === "over" || !content.success) {
      await end(idHash);
      return undefined;
    }
    if (life === "alive-to-be-noted") await note(idHash);
    return {
      idHash,
      objectId: row.object_id,
      csrfToken,
      expiresAtMs: createdAtMs + SESSION_LIMITS.absoluteMs,
      revision: row.revision,
      content: content.data,
    };
  }

  async function note(idHash: string): Promise<void> {
    const nowMs = deps.now();
    await deps.store
      .updateTable("portal_sessions")
      .set({ last_seen_at_ms: nowMs })
      .where("id_hash", "=", idHash)
      .where("last_seen_at_ms", "<", nowMs)
      .execute();
  }

  async function end(idHash: string): Promise<void> {
    await deps.store.deleteFrom("portal_sessions").where("id_hash", "=", idHash).execute();
  }

  return {
    /** @returns the id, for the browser's cookie; only its hash is kept */
    async open(objectId: string, content: SessionContent): Promise<string> {
      const id = randomBytes(ID_BYTES).toString("base64url");
      const idHash = hashOfSessionId(id);
      const sealed = await deps.seal.close(purposeOf(idHash), content);
      const nowMs = deps.now();
      await deps.store.transaction().execute(async (transaction) => {
        const others = await transaction
          .selectFrom("portal_sessions")
          .select("id_hash")
          .where("object_id", "=", objectId)
          .orderBy("last_seen_at_ms", "desc")
          .execute();
        const surplus = others.slice(SESSIONS_MAX_PER_PERSON - 1).map((row) => row.id_hash);
        if (surplus.length > 0)
          await transaction.deleteFrom("portal_sessions").where("id_hash", "in", surplus).execute();
        await transaction
          .insertInto("portal_sessions")
          .values({
            id_hash: idHash,
            object_id: objectId,
            created_at_ms: nowMs,
            last_seen_at_ms: nowMs,
            revision: 1,
            sealed,
          })
          .execute();
      });
      return id;
    },
    /** @returns undefined for an unknown, idle or expired session */
    find: (id: string) => read(hashOfSessionId(id), csrfTokenOf(id)),
    /** The session's present state, including changes by other requests. */
    reread: ({ idHash, csrfToken }: Session) => read(idHash, csrfToken),
    /** @returns false when another request came first */
    async replace({ idHash, revision }: Session, content: SessionContent): Promise<boolean> {
      const { numUpdatedRows } = await deps.store
        .updateTable("portal_sessions")
        .set({ sealed: await deps.seal.close(purposeOf(idHash), content), revision: revision + 1 })
        .where("id_hash", "=", idHash)
        .where("revision", "=", revision)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    end,
    /** The subset of sessions that are still signed in. */
    async alive(idHashes: readonly string[]): Promise<ReadonlySet<string>> {
      if (idHashes.length === 0) return new Set();
      const oldest = deps.now() - SESSION_LIMITS.absoluteMs;
      const rows = await deps.store
        .selectFrom("portal_sessions")
        .select("id_hash")
        .where("id_hash", "in", idHashes)
        .where("created_at_ms", ">", oldest)
        .execute();
      return new Set(rows.map((row) => row.id_hash));
    },
    async forgetExpired() {
      const nowMs = deps.now();
      await deps.store
        .deleteFrom("portal_sessions")
        .where((where) =>
          where.or([
            where("last_seen_at_ms", "<=", nowMs - SESSION_LIMITS.idleMs),
            where("created_at_ms", "<=", nowMs - SESSION_LIMITS.absoluteMs),
          ]),
        )
        .execute();
    },
  };
}

const purposeOf = (idHash: string): string => `portal-session ${idHash}`;

function csrfTokenOf(id: string): string {
  return createHmac("sha256", id).update(CSRF_PURPOSE).digest("base64url");
}
