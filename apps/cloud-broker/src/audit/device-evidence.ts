import {
  canonicalJson,
  chainHash,
  CryptoError,
  importVerifyKey,
  messageHash,
  verifyMessage,
  type VerifyKey,
} from "@databox-cmk/crypto";
import {
  journalDelivery,
  journalRow,
  type JournalRow,
  leaseReceipt,
  MESSAGE_TYPES,
  offlineChallenge,
  parseWith,
  receipt,
  unlockRequest,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

/** A parsed audit row, whose place in the chain and hash are verified. */
export type WrittenRow = Readonly<Record<string, unknown>>;

/** The rows or the signatures in them contradict each other. */
export type DeviceFault =
  | "not-said-by-device"
  | "unsigned"
  | "other-device-key"
  | "no-grant"
  | "repeated"
  | "journal-broken";

/**
 * Something that the rows should show is not there. An honest history can have it: a power cut, an
 * answer that was lost, a restored backup, a broker of an older version, a clock that was set.
 */
export type Gap = {
  readonly sequence: number;
  readonly gap:
    | "no-proof"
    | "request-unsigned"
    | "no-receipt"
    | "grant-not-in-chain"
    | "journal-missing"
    | "time-goes-back"
    | "former-ends-early"
    | "not-as-acknowledged";
  readonly serial?: string;
};

/** A node that reports at all does so within this time. */
const REPORT_MS = 3_600_000;

type Given = {
  readonly sequence: number;
  readonly atMs: number;
  readonly counter: number;
  readonly isCarried: boolean;
  isReported: boolean;
  /** The node has sent something about a later grant. */
  isOvertaken: boolean;
};

type Place = { readonly sequence: number; readonly atMs: number };

/** Everything that the rows of one node have shown; a replaced device begins again. */
function createNode() {
  return {
    key: undefined as VerifyKey | undefined,
    mayChangeKey: true,
    signsRequests: false,
    lastAsked: 0,
    /** Grants without a receipt, oldest first, that nothing has overtaken. */
    waiting: [] as Given[],
    counters: new Set<number>(),
    journal: { sequence: 0, hash: "" },
    hashes: new Set<string>(),
  };
}
type Node = ReturnType<typeof createNode>;

/**
 * Checks everything in a chain that a device has said, by the keys that its enrolments name and by
 * its other messages: a receipt answers one earlier grant, counters are used once, a signed
 * head of the journal is that of a delivered row.
 *
 * @param expected - thumbprints of device keys that the auditor knows from elsewhere, by serial
 */
export function createDeviceEvidence(expected: ReadonlyMap<string, string>) {
  const nodes = new Map<string, Node>();
  const kids = new Map<string, Set<string>>();
  const grants = new Map<string, Given & { readonly serial: string }>();
  const leases = new Set<string>();
  const hashes = [""];
  const unresolved = new Map<string, Place & { readonly serial: string }>();
  const gaps: Gap[] = [];
  let proven = 0;
  let unproven = 0;

  function nodeOf(serial: string): Node {
    const node = nodes.get(serial) ?? createNode();
    nodes.set(serial, node);
    return node;
  }

  function enrol(row: WrittenRow, serial: string): DeviceFault | undefined {
    if (row["deviceKey"] === undefined) return undefined;
    const key = readKey(row["deviceKey"]);
    if (key === undefined) return "not-said-by-device";
    const named = detailOf(row)["deviceKid"];
    if (named !== undefined && named !== key.kid) return "other-device-key";
    if ((expected.get(serial) ?? key.kid) !== key.kid) return "other-device-key";
    kids.set(serial, (kids.get(serial) ?? new Set()).add(key.kid));
    const node = nodeOf(serial);
    if (node.key?.kid === key.kid && !node.mayChangeKey) return undefined;
    if (!node.mayChangeKey) return "other-device-key";
    nodes.set(serial, { ...createNode(), key, mayChangeKey: false });
    return undefined;
  }

  function grant(row: WrittenRow, serial: string, place: Place): DeviceFault | undefined {
    const { grantHash, leaseId, counter } = detailOf(row);
    if (typeof grantHash !== "string" || grants.has(grantHash)) return "no-grant";
    const node = nodeOf(serial);
    const isCarried = row["action"] === "offline-unlock";
    const asked = typeof counter === "number" ? counter : 0;
    // A carried request may be answered after a later one that came by the network.
    if (!isCarried && asked !== 0 && asked <= node.lastAsked) return "repeated";
    node.lastAsked = Math.max(node.lastAsked, asked);
    if (!isCarried) overtake(node, place.sequence);
    const common = { ...place, serial, counter: asked, isCarried };
    const given = { ...common, isReported: false, isOvertaken: false };
    grants.set(grantHash, given);
    node.waiting.push(given);
    leases.add(textOf(leaseId));
    node.signsRequests ||= row["signed"] !== undefined;
    if (!node.signsRequests) return undefined;
    if (row["signed"] !== undefined) return isSaid(row, node, isCarried ? challengeOf : requestOf);
    // A replica of a former version keeps no signatures, and may serve beside this one.
    gaps.push({ sequence: place.sequence, gap: "request-unsigned", serial });
    return undefined;
  }

  function overtake(node: Node, before: number): void {
    for (const given of node.waiting) given.isOvertaken ||= given.sequence < before;
    node.waiting = node.waiting.filter((given) => !given.isOvertaken && !given.isReported);
  }

  function report(row: WrittenRow, serial: string, place: Place): DeviceFault | undefined {
    const node = nodeOf(serial);
    const isOfGrant = row["action"] === "receipt";
    const fault = isSaid(row, node, isOfGrant ? receiptOf : leaseReceiptOf);
    if (fault !== undefined) return fault;
    if (node.key === undefined) {
      unproven += 1;
      gaps.push({ sequence: place.sequence, gap: "no-proof", serial });
    } else proven += 1;
    const { leaseId, journalHead } = detailOf(row);
    if (typeof journalHead === "string") sign(node, journalHead, { ...place, serial });
    if (!isOfGrant) return leases.has(textOf(leaseId)) ? undefined : "no-grant";
    const given = grantOf(row);
    if (given?.serial !== serial) return "no-grant";
    if (given.isReported) return "repeated";
    given.isReported = true;
    overtake(node, given.sequence);
    return undefined;
  }

  const grantOf = (row: WrittenRow) => grants.get(textOf(detailOf(row)["grantHash"]));

  function sign(node: Node, head: string, place: Place & { readonly serial: string }): void {
    if (!node.hashes.has(head) && !unresolved.has(head)) unresolved.set(head, place);
  }

  function isSaid(row: WrittenRow, node: Node, read: Reader): DeviceFault | undefined {
    const { signed } = row;
    const { key } = node;
    if (key === undefined) return undefined;
    if (typeof signed !== "string") return "unsigned";
    const said = messageHash(signed) === row["requestHash"] ? read(signed, key) : undefined;
    if (said === undefined || !isPart(said.row, row)) return "not-said-by-device";
    if (node.counters.has(said.counter)) return "repeated";
    node.counters.add(said.counter);
    const { counter = 0 } = row["action"] === "receipt" ? (grantOf(row) ?? {}) : {};
    return said.counter <= counter ? "repeated" : undefined;
  }

  function deliver(row: WrittenRow, serial: string, place: Place): DeviceFault | undefined {
    const node = nodeOf(serial);
    const claims = z.array(journalRow).safeParse(row["claims"]);
    const { fromSequence, toSequence, journalHead } = detailOf(row);
    if (!claims.success || claims.data[0]?.sequence !== fromSequence) return "journal-broken";
    for (const claim of claims.data) {
      const fault = follow(claim, node, { ...place, serial });
      if (fault !== undefined) return fault;
    }
    const { sequence, hash } = node.journal;
    if (toSequence !== sequence || journalHead !== hash) return "journal-broken";
    return row["signed"] === undefined ? undefined : isSaid(row, node, deliveryOf);
  }

  function follow(
    { hash, ...row }: JournalRow,
    node: Node,
    { sequence, serial }: Place & { readonly serial: string },
  ): DeviceFault | undefined {
    const { journal } = node;
    if (row.sequence !== journal.sequence + 1 || row.previous !== journal.hash)
      return "journal-broken";
    if (chainHash(row.previous, canonicalJson(row)) !== hash) return "journal-broken";
    node.journal = { sequence: row.sequence, hash };
    node.hashes.add(hash);
    unresolved.delete(hash);
    const { deviceKey, grantHash, auditSequence, auditHash } = row.facts;
    if (row.event === "acknowledged" && hashes[Number(auditSequence)] !== auditHash)
      gaps.push({ sequence, gap: "not-as-acknowledged", serial });
    if (row.event === "enrolled" && (node.key?.kid ?? deviceKey) !== deviceKey)
      return "other-device-key";
    if (row.event === "unlocked" && grantHash !== undefined && !grants.has(String(grantHash)))
      gaps.push({ sequence, gap: "grant-not-in-chain", serial });
    return undefined;
  }

  return {
    /** @param hash - of the row, which is the next one of the chain */
    accept(row: WrittenRow, hash: string, place: Place): DeviceFault | undefined {
      hashes.push(hash);
      const serial = textOf(row["serial"]);
      const action = textOf(row["action"]);
      // A refused message changed nothing, and may say anything.
      if (row["code"] !== undefined && !action.startsWith("lease/"))
        return isFromDevice(row, nodeOf(serial)) ? undefined : "not-said-by-device";
      if (action === "order/replaceDevice") nodeOf(serial).mayChangeKey = true;
      // An order that is placed again under its name has new devices.
      if (action === "order/create") for (const node of nodes.values()) node.mayChangeKey = true;
      if (action === "enrol") return enrol(row, serial);
      if (action === "journal") return deliver(row, serial, place);
      if (RECEIPTS.has(action)) return report(row, serial, place);
      return UNLOCKS.has(action) && row["outcome"] === "granted"
        ? grant(row, serial, place)
        : undefined;
    },
    /** @param endMs - time of the last row */
    gaps(endMs: number): readonly Gap[] {
      const isOld = ({ atMs }: Place) => atMs + REPORT_MS < endMs;
      const open = [...grants.values()]
        .filter((given) => !given.isReported)
        .filter((given) => given.isOvertaken || (!given.isCarried && isOld(given)))
        .map(({ sequence, serial }) => ({ sequence, gap: "no-receipt", serial }) as const);
      const missing = [...unresolved.values()]
        .filter(isOld)
        .map(({ sequence, serial }) => ({ sequence, gap: "journal-missing", serial }) as const);
      return [...gaps, ...open, ...missing].toSorted((one, other) => one.sequence - other.sequence);
    },
    /** Serial numbers that the auditor expects, and that never enrolled. */
    isMissing: () => [...expected.keys()].some((serial) => !kids.has(serial)),
    /** All of them: a forged row may have a key that rows before and after it do not have. */
    devices: () =>
      Object.fromEntries([...kids].map(([serial, all]) => [serial, [...all].join(" ")])),
    counts: () => ({ proven, unproven }),
  };
}

const UNLOCKS = new Set(["unlock", "offline-unlock"]);
const RECEIPTS = new Set(["receipt", "lease/relocked", "lease/drilled"]);

/** The part of an audit row that a signed message proves, and the message's counter. */
type Reader = (
  signed: string,
  key: VerifyKey,
) => { readonly row: WrittenRow; readonly counter: number } | undefined;

/** @returns undefined for a message that the key did not sign as this type, or of another form */
function reader<Said extends { order: string; serial: string; counter: number }>(
  type: string,
  schema: z.ZodMiniType<Said>,
  rowOf: (said: Said) => WrittenRow,
): Reader {
  return (signed, key) => {
    const said = parseWith(schema, payloadOf(signed, key, type));
    if (!said.ok) return undefined;
    const { order, serial, counter } = said.value;
    return { row: { chain: order, serial, ...rowOf(said.value) }, counter };
  };
}

const receiptOf = reader(MESSAGE_TYPES.receipt, receipt, (said) => {
  const { outcome, grantHash, bootId, journalHead } = said;
  return { detail: { outcome, grantHash, bootId, journalHead } };
});

const leaseReceiptOf = reader(MESSAGE_TYPES.leaseReceipt, leaseReceipt, (said) => {
  const { outcome, lease, cause, drill, bootId, journalHead } = said;
  return {
    action: `lease/${outcome}`,
    detail: { leaseId: lease, cause, drill, bootId, journalHead },
  };
});

type Asked = Pick<z.infer<typeof unlockRequest>, "purpose" | "counter" | "generation" | "bootId">;
const questionOf = ({ purpose, counter, generation, bootId }: Asked) => ({
  detail: { purpose, counter, generation, bootId },
});
const requestOf = reader(MESSAGE_TYPES.unlockRequest, unlockRequest, questionOf);
const challengeOf = reader(MESSAGE_TYPES.offlineChallenge, offlineChallenge, questionOf);

const deliveryOf = reader(MESSAGE_TYPES.journal, journalDelivery, ({ rows }) => ({
  detail: { toSequence: rows.at(-1)?.sequence, journalHead: rows.at(-1)?.hash },
}));

/** Whether the message that a row keeps, if it keeps one, is one that this node signed. */
function isFromDevice({ signed, requestHash, action }: WrittenRow, { key }: Node): boolean {
  if (typeof signed !== "string" || key === undefined) return true;
  const typ = MESSAGE_TYPES[action === "unlock" ? "unlockRequest" : "offlineChallenge"];
  return messageHash(signed) === requestHash && payloadOf(signed, key, typ) !== undefined;
}

function payloadOf(signed: string, key: VerifyKey, typ: string): unknown {
  return orNothing(() => verifyMessage(signed, key, typ));
}

function isPart(part: WrittenRow, whole: WrittenRow): boolean {
  return Object.entries(part).every(([name, value]) => {
    const found = whole[name];
    return isWritten(value) ? isWritten(found) && isPart(value, found) : found === value;
  });
}

function readKey(jwk: unknown): VerifyKey | undefined {
  return orNothing(() => importVerifyKey(jwk));
}

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

export function isWritten(value: unknown): value is WrittenRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function detailOf(row: WrittenRow): WrittenRow {
  return isWritten(row["detail"]) ? row["detail"] : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
