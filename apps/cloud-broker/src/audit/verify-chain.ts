import {
  chainHash,
  CryptoError,
  importVerifyKey,
  messageHash,
  verifyMessage,
  type VerifyKey,
} from "@databox-cmk/crypto";
import { leaseReceipt, MESSAGE_TYPES, parseWith, receipt } from "@databox-cmk/protocol";

import type { AuditRow } from "./audit-row.ts";

/** The end of a chain at an earlier verification. */
export type NotedHead = { readonly length: number; readonly head: string };

export type ChainVerdict =
  | (NotedHead & {
      readonly ok: true;
      /** Number of receipts with and without a stored device signature. */
      readonly receipts: { readonly proven: number; readonly unproven: number };
      /** Thumbprints of all keys that each node had, oldest first, by serial number. */
      readonly devices: Readonly<Record<string, string>>;
    })
  | { readonly ok: false; readonly sequence: number; readonly fault: ChainFault };

export type ChainFault =
  | "missing-or-moved"
  | "not-a-row"
  | "altered"
  | "not-said-by-device"
  | "not-as-noted";

/**
 * Checks a whole chain row by row, lowest sequence first. The rows alone do not show whether later
 * rows were cut off. That needs a head noted earlier, which must still occur in the chain.
 */
export function checkChain(chain: string, noted?: NotedHead) {
  const words = createDeviceWords();
  let length = 0;
  let head = "";
  let fault: { readonly sequence: number; readonly fault: ChainFault } | undefined;

  function faultOf(row: AuditRow, sequence: number): ChainFault | undefined {
    if (row.sequence !== sequence || row.chain !== chain) return "missing-or-moved";
    const written = parseRow(row.rowJson);
    if (written === undefined) return "not-a-row";
    if (chainHash(head, row.rowJson) !== row.hash) return "altered";
    if (written["chain"] !== chain || written["sequence"] !== sequence) return "missing-or-moved";
    if (noted?.length === sequence && noted.head !== row.hash) return "not-as-noted";
    return words.hear(written) ? undefined : "not-said-by-device";
  }

  return {
    /** @returns false at the first fault; later rows are not checked. */
    take(row: AuditRow): boolean {
      const sequence = length + 1;
      const found = faultOf(row, sequence);
      if (found !== undefined) {
        fault = { sequence, fault: found };
        return false;
      }
      length = sequence;
      head = row.hash;
      return true;
    },
    verdict(): ChainVerdict {
      if (fault !== undefined) return { ok: false, ...fault };
      if (noted !== undefined && length < noted.length)
        return { ok: false, sequence: length + 1, fault: "not-as-noted" };
      return { ok: true, length, head, receipts: words.counts(), devices: words.devices() };
    },
  };
}

/** {@link checkChain} for rows in memory. */
export function verifyChain(
  chain: string,
  rows: Iterable<AuditRow>,
  noted?: NotedHead,
): ChainVerdict {
  const check = checkChain(chain, noted);
  for (const row of rows) if (!check.take(row)) break;
  return check.verdict();
}

/** undefined when the text is not a JSON object. */
function parseRow(rowJson: string): WrittenRow | undefined {
  try {
    const row: unknown = JSON.parse(rowJson);
    return rowJson.startsWith("{") && isWritten(row) ? row : undefined;
  } catch {
    return undefined;
  }
}

/** A parsed audit row; only its place in the chain is verified so far. */
type WrittenRow = Readonly<Record<string, unknown>>;

const RECEIPTS = new Set(["receipt", "lease/relocked", "lease/drilled"]);

/**
 * Checks the receipts in a chain by the device keys that its enrolments name, so that they are
 * proven by the device and not by the broker. Rows of older brokers have no `signed` member and
 * count as unproven.
 */
function createDeviceWords() {
  const keys = new Map<string, VerifyKey>();
  const kids = new Map<string, Set<string>>();
  let proven = 0;
  let unproven = 0;

  function isSaid(row: WrittenRow): boolean {
    const key = keys.get(textOf(row["serial"]));
    if (typeof row["signed"] !== "string" || key === undefined) {
      unproven += 1;
      return true;
    }
    proven += 1;
    return messageHash(row["signed"]) === row["requestHash"] && agrees(row, row["signed"], key);
  }

  return {
    /**
     * @returns false for a receipt that its row's device did not sign, or whose content differs
     * from its row
     */
    hear(row: WrittenRow): boolean {
      if (row["action"] === "enrol" && row["deviceKey"] !== undefined) {
        const key = readKey(row["deviceKey"]);
        if (key === undefined) return false;
        const serial = textOf(row["serial"]);
        keys.set(serial, key);
        kids.set(serial, (kids.get(serial) ?? new Set()).add(key.kid));
      }
      return !isReceipt(row) || isSaid(row);
    },
    /** All of them: a forged row may have a key that rows before and after it do not have. */
    devices: () =>
      Object.fromEntries([...kids].map(([serial, all]) => [serial, [...all].join(" ")])),
    counts: () => ({ proven, unproven }),
  };
}

/** A refused receipt proves nothing; only its code is kept. */
function isReceipt(row: WrittenRow): boolean {
  return (
    RECEIPTS.has(textOf(row["action"])) &&
    isWritten(row["detail"]) &&
    "journalHead" in row["detail"]
  );
}

/** Whether the row repeats the content that the device signed. */
function agrees(row: WrittenRow, signed: string, key: VerifyKey): boolean {
  const said = row["action"] === "receipt" ? ofGrant(signed, key) : ofLease(signed, key);
  return said !== undefined && isPart(said, row);
}

function ofGrant(signed: string, key: VerifyKey): WrittenRow | undefined {
  const said = parseWith(receipt, payloadOf(signed, key, MESSAGE_TYPES.receipt));
  if (!said.ok) return undefined;
  const { order, serial, outcome, grantHash, bootId, journalHead } = said.value;
  return { chain: order, serial, detail: { outcome, grantHash, bootId, journalHead } };
}

function ofLease(signed: string, key: VerifyKey): WrittenRow | undefined {
  const said = parseWith(leaseReceipt, payloadOf(signed, key, MESSAGE_TYPES.leaseReceipt));
  if (!said.ok) return undefined;
  const { order, serial, outcome, lease, cause, drill, bootId, journalHead } = said.value;
  const detail = { leaseId: lease, cause, drill, bootId, journalHead };
  return { chain: order, serial, action: `lease/${outcome}`, detail };
}

function payloadOf(signed: string, key: VerifyKey, typ: string): unknown {
  try {
    return verifyMessage(signed, key, typ);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function isPart(part: WrittenRow, whole: WrittenRow): boolean {
  return Object.entries(part).every(([name, value]) => {
    const found = whole[name];
    return isWritten(value) ? isWritten(found) && isPart(value, found) : found === value;
  });
}

function readKey(jwk: unknown): VerifyKey | undefined {
  try {
    return importVerifyKey(jwk);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function isWritten(value: unknown): value is WrittenRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const FAULTS: Readonly<Record<Extract<ChainVerdict, { ok: false }>["fault"], string>> = {
  "missing-or-moved": "a row is missing here, or was moved",
  "not-a-row": "this is not an audit row",
  altered: "this row or its hash was altered",
  "not-said-by-device": "the device did not sign what this receipt says",
  "not-as-noted": "the chain ends before the noted head, or has a different row there",
};

/** One line: as text, or as JSON, which `--noted` reads the next time. */
export function renderVerdict(chain: string, verdict: ChainVerdict, asJson: boolean): string {
  if (asJson) return JSON.stringify({ chain, ...verdict });
  if (!verdict.ok)
    return `TAMPERED  ${chain}: row ${String(verdict.sequence)}: ${FAULTS[verdict.fault]}`;
  const { proven, unproven } = verdict.receipts;
  const parts = [
    `${String(verdict.length)} rows`,
    `head ${verdict.head}`,
    ...(proven === 0 ? [] : [`receipts signed by their device: ${String(proven)}`]),
    ...(unproven === 0 ? [] : [`receipts without its signature: ${String(unproven)}`]),
  ];
  return `ok        ${chain}: ${parts.join(", ")}`;
}
