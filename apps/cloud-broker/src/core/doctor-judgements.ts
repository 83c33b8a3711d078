import type { Finding } from "@databox-cmk/errors";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

/** Long enough to notice twice a renewal that fails over a long weekend. */
const SOON_DAYS = 14;

export type CertificateFacts = {
  readonly hostname: string;
  readonly coversHostname: boolean;
  readonly fitsPrivateKey: boolean;
  readonly names: string;
  readonly validFromMs: EpochMs;
  readonly validToMs: EpochMs;
};

/** Whether devices and Entra ID will accept the server's certificate for the broker. */
export function judgeCertificate(facts: CertificateFacts, nowMs: EpochMs): Finding {
  if (!facts.fitsPrivateKey)
    return refuse(
      "BROKER_TLS_KEY_FILE is not the private key of BROKER_TLS_CERTIFICATE_FILE",
      "Name the private key that the certificate was issued for in BROKER_TLS_KEY_FILE",
    );
  if (!facts.coversHostname)
    return refuse(
      `the certificate is for ${facts.names}, not for ${facts.hostname} of BROKER_URL`,
      `Get a certificate that names ${facts.hostname}, or correct BROKER_URL`,
    );
  const until = new Date(facts.validToMs).toISOString();
  if (facts.validToMs <= nowMs)
    return refuse(
      `the certificate expired on ${until}`,
      "Renew the certificate and replace its files",
    );
  if (facts.validFromMs > nowMs)
    return refuse(
      `the certificate is valid only from ${new Date(facts.validFromMs).toISOString()}`,
      "Correct this machine's clock, or use a certificate that is valid now",
    );
  const days = Math.floor((facts.validToMs - nowMs) / DAY_MS);
  const advice = days < SOON_DAYS ? "; renew it now" : "";
  return { ok: true, found: `for ${facts.hostname}, ${String(days)} days left${advice}` };
}

/** A finding that the broker's operator has to repair. */
export function refuse(detail: string, text: string, command?: string): Finding {
  return {
    ok: false,
    failure: { code: "Misuse", detail, remedy: { who: "broker-operator", text, command } },
  };
}

/** The rights of a user of PostgreSQL, as the store reads them: 1 is true. */
export type DatabaseRights = {
  readonly name: string;
  /** It owns the database, or is a superuser. */
  readonly isOwner: 0 | 1;
  /** Tables that it owns. */
  readonly owned: number;
  /** Tables that it cannot read. */
  readonly unreadable: number;
  readonly mayChangeAudit: 0 | 1;
  readonly mayChangeSchema: 0 | 1;
};

/** Two users (docs/operate/postgresql.md), or one that owns everything; nothing in between. */
export function judgeRights(user: DatabaseRights): Finding {
  if (user.isOwner === 1)
    return {
      ok: true,
      found: `${user.name} owns the database, and may change the audit trail: serve as a second user`,
    };
  const faults = [
    user.owned > 0 && `owns ${String(user.owned)} tables`,
    user.mayChangeAudit === 1 && "may change the audit trail",
    user.mayChangeSchema === 1 && "may create tables",
    user.unreadable > 0 && `cannot read ${String(user.unreadable)} tables`,
  ].filter((fault) => fault !== false);
  if (faults.length === 0)
    return { ok: true, found: `${user.name} owns nothing, and may only extend the audit trail` };
  return refuse(
    `${user.name} ${faults.join(", ")}`,
    "Restore as the user that owns the database, and give the rights of docs/operate/postgresql.md",
  );
}

/**
 * @param applied - migrations that the database has run
 * @param known - migrations of this program, oldest first
 * @param needed - the migration that the database requires of every program
 * (docs/design/decisions/0011); absent: none
 * @param mayMigrate - whether this user may change the schema
 */
export function judgeMigrations(
  applied: readonly string[],
  known: readonly string[],
  needed: string | undefined,
  mayMigrate: boolean,
): Finding {
  if (needed !== undefined && !known.includes(needed))
    return refuse(
      `the database needs a newer broker (one that knows ${needed})`,
      "Run the broker's newer version; a database cannot be changed back to an older schema",
    );
  const pending = known.filter((name) => !applied.includes(name));
  if (pending.length > 0 && !mayMigrate)
    return refuse(
      `${String(pending.length)} are missing (${pending.join(", ")}), and this user may not change the schema`,
      "Run broker migrate as the user that owns the database",
    );
  const newest = applied.at(-1) ?? "nothing";
  const isForeign = applied.length > 0 && !known.includes(newest);
  return {
    ok: true,
    found:
      pending.length === 0
        ? `newest is ${newest}${isForeign ? ", of a newer broker, with which this one can still run" : ""}`
        : `${String(pending.length)} to come at the next start (${pending.join(", ")})`,
  };
}

type Retirement = {
  /** The part of Azure that ends, as the subject of a sentence. */
  readonly what: string;
  readonly on: `${number}-${number}-${number}`;
  /** The broker's own replacement, and the advice for everything else. */
  readonly advice: string;
};

/** Parts of Azure that end, with the day (learn.microsoft.com, key-vault, migrate-api-version). */
const RETIREMENTS: readonly Retirement[] = [
  {
    what: "Key Vault's control-plane versions before 2026-02-01",
    on: "2027-02-27",
    advice:
      "this broker and its portal use 2026-02-01; update scripts, templates and tools that create or change vaults",
  },
];

/** Warns of the parts of Azure that end. It never fails: the broker itself uses nothing of it. */
export function tellRetirements(nowMs: EpochMs): Finding {
  const found = RETIREMENTS.map(({ what, on, advice }) => {
    const days = Math.ceil((Date.parse(on) - nowMs) / DAY_MS);
    const when = days > 0 ? `retire in ${String(days)} days, on ${on}` : `have retired on ${on}`;
    return `${what} ${when}: ${advice}`;
  });
  return { ok: true, found: found.join("; ") };
}
