import { createHash, randomBytes } from "node:crypto";

import { encodeBase64url } from "@databox-cmk/crypto";

/**
 * The node's name is part of it: cookies ignore ports, and people reach both nodes of an appliance
 * through one forwarding host.
 */
export const sessionCookie = (serial: string): string => `__Host-databox-${serial.toLowerCase()}`;

export const IDLE_SECONDS = 15 * 60;
const LONGEST_SECONDS = 8 * 3600;
const TOKEN_BYTES = 32;
/** Maximum number of people at one appliance. */
const SESSIONS_MAX = 8;

export type Session = { readonly csrfToken: string };

type Kept = Session & { readonly beganAtMs: number; usedAtMs: number };

const keyOf = (token: string) => createHash("sha256").update(token).digest("base64url");

/** In memory only: a restart of the agent signs everyone out. Tokens are stored as hashes. */
export type SessionStore = {
  /** @returns the cookie's value */
  open(): { readonly token: string; readonly session: Session };
  /** Counts as a use of the session. */
  find(token: string | undefined): Session | undefined;
  /** Does not count as a use: an open page must not keep a session alive. */
  peek(token: string | undefined): Session | undefined;
  close(token: string | undefined): void;
  closeAll(): void;
};

/** @param nowMs - monotonic */
export function createSessionStore(nowMs: () => number): SessionStore {
  const kept = new Map<string, Kept>();
  const isOver = ({ beganAtMs, usedAtMs }: Kept) =>
    nowMs() - usedAtMs >= IDLE_SECONDS * 1000 || nowMs() - beganAtMs >= LONGEST_SECONDS * 1000;
  const living = (token: string | undefined): Kept | undefined => {
    const session = token === undefined ? undefined : kept.get(keyOf(token));
    return session === undefined || isOver(session) ? undefined : session;
  };
  return {
    open() {
      for (const [key, session] of kept) if (isOver(session)) kept.delete(key);
      const [oldest] = kept.keys();
      if (kept.size >= SESSIONS_MAX && oldest !== undefined) kept.delete(oldest);
      const token = encodeBase64url(randomBytes(TOKEN_BYTES));
      const csrfToken = encodeBase64url(randomBytes(TOKEN_BYTES));
      const session = { csrfToken, beganAtMs: nowMs(), usedAtMs: nowMs() };
      kept.set(keyOf(token), session);
      return { token, session };
    },
    find(token) {
      const session = living(token);
      if (session !== undefined) session.usedAtMs = nowMs();
      return session;
    },
    peek: living,
    close(token) {
      if (token !== undefined) kept.delete(keyOf(token));
    },
    closeAll() {
      kept.clear();
    },
  };
}
