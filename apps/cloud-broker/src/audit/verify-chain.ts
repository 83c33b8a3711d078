import { chainHash } from "@databox-cmk/crypto";

import type { AuditRow } from "./audit-row.ts";
import {
  createDeviceEvidence,
  type DeviceFault,
  type Gap,
  isWritten,
  type WrittenRow,
} from "./device-evidence.ts";

/** The end of a chain at an earlier verification. */
export type NotedHead = { readonly length: number; readonly head: string };

export type ChainVerdict =
  | (NotedHead & {
      readonly ok: true;
      /** Number of receipts with and without a stored device signature. */
      readonly receipts: { readonly proven: number; readonly unproven: number };
      /** Thumbprints of all keys that each node had, oldest first, by serial number. */
      readonly devices: Readonly<Record<string, string>>;
      /** Nothing is disproved, but this was not proven. */
      readonly gaps: readonly Gap[];
    })
  | { readonly ok: false; readonly sequence: number; readonly fault: ChainFault };

export type ChainFault =
  | "missing-or-moved"
  | "not-a-row"
  | "altered"
  | "not-as-noted"
  | "not-its-former"
  | DeviceFault;

/** The verdict on a chain, and the file that has it if there are several. */
export type JudgedChain = {
  readonly chain: string;
  readonly path?: string;
  readonly verdict: ChainVerdict;
};

/** Facts that the auditor has from elsewhere. */
export type Known = {
  readonly noted?: readonly NotedHead[] | undefined;
  /** Thumbprints of device keys, by serial number. */
  readonly devices?: ReadonlyMap<string, string> | undefined;
};

/** An exported line repeats the time of its row, outside the hash. */
export type ShownRow = AuditRow & { readonly at?: string };

/** How far back the clocks of a broker and its replicas may go without being named. */
const CLOCK_STEP_MS = 300_000;

/**
 * Checks a whole chain row by row, lowest sequence first. The rows alone do not show whether later
 * rows were cut off. That needs a head noted earlier, which must still occur in the chain.
 */
export function checkChain(chain: string, { noted = [], devices = new Map() }: Known = {}) {
  const evidence = createDeviceEvidence(devices);
  const steps: Gap[] = [];
  let length = 0;
  let head = "";
  let latestMs = 0;
  let fault: { readonly sequence: number; readonly fault: ChainFault } | undefined;

  function faultOf(row: ShownRow, sequence: number): ChainFault | undefined {
    if (row.sequence !== sequence || row.chain !== chain) return "missing-or-moved";
    const written = parseRow(row.rowJson);
    if (written === undefined) return "not-a-row";
    if (chainHash(head, row.rowJson) !== row.hash) return "altered";
    if (written["chain"] !== chain || written["sequence"] !== sequence) return "missing-or-moved";
    if (noted.some((each) => each.length === sequence && each.head !== row.hash))
      return "not-as-noted";
    const atMs = Date.parse(String(written["at"]));
    if (Number.isNaN(atMs)) return "not-a-row";
    if (row.at !== undefined && Date.parse(row.at) !== atMs) return "altered";
    if (atMs < latestMs - CLOCK_STEP_MS) steps.push({ sequence, gap: "time-goes-back" });
    latestMs = Math.max(latestMs, atMs);
    return evidence.accept(written, row.hash, { sequence, atMs });
  }

  return {
    /** @returns false at the first fault; later rows are not checked. */
    take(row: ShownRow): boolean {
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
      if (noted.some((each) => length < each.length))
        return { ok: false, sequence: length + 1, fault: "not-as-noted" };
      if (evidence.isMissing()) return { ok: false, sequence: length, fault: "other-device-key" };
      const gaps = [...steps, ...evidence.gaps(latestMs)];
      const receipts = evidence.counts();
      return { ok: true, length, head, receipts, devices: evidence.devices(), gaps };
    },
  };
}

/** {@link checkChain} for rows in memory. */
export function verifyChain(
  chain: string,
  rows: Iterable<ShownRow>,
  known: Known = {},
): ChainVerdict {
  const check = checkChain(chain, known);
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

const FAULTS: Readonly<Record<ChainFault, string>> = {
  "missing-or-moved": "a row is missing here, or was moved",
  "not-a-row": "this is not an audit row",
  altered: "this row or its hash was altered",
  "not-said-by-device": "the device did not sign what this row says",
  unsigned: "the device's signature is missing",
  "other-device-key": "this is not the device key that was enrolled or expected",
  "no-grant": "the grant that this row is about is not in the chain",
  repeated: "the device's message or its counter was used before",
  "journal-broken": "the rows of the device's journal are not those that it delivered",
  "not-as-noted": "the chain ends before the noted head, or has a different row there",
  "not-its-former": "the activity of the deleted order does not end as this row says",
};

const GAPS: Readonly<Record<Gap["gap"], string>> = {
  "no-proof": "no enrolment names the key that proves this row",
  "request-unsigned":
    "the signature of this request was not kept, as by a broker of a former version",
  "no-receipt": "the device never reported the result of this grant",
  "grant-not-in-chain": "the device's journal names an unlock that is not in the chain",
  "journal-missing": "the device signed a row of its journal that is not in the chain",
  "not-as-acknowledged": "the device was told another state of the chain than it has now",
  "former-ends-early": "the export of the deleted order ends before the row that this one names",
  "time-goes-back": "this row is older than those before it",
};

/** Lines of text, or one line of JSON, which `--noted` reads the next time. */
export function renderVerdict(
  { chain, path, verdict }: JudgedChain,
  asJson: boolean,
): readonly string[] {
  if (asJson) return [JSON.stringify({ chain, export: path, ...verdict })];
  const name = path === undefined ? chain : `${chain} (${path})`;
  if (!verdict.ok)
    return [`TAMPERED  ${name}: row ${String(verdict.sequence)}: ${FAULTS[verdict.fault]}`];
  const { proven, unproven } = verdict.receipts;
  const parts = [
    `${String(verdict.length)} rows`,
    `head ${verdict.head}`,
    ...(proven === 0 ? [] : [`receipts signed by their device: ${String(proven)}`]),
    ...(unproven === 0 ? [] : [`receipts without its signature: ${String(unproven)}`]),
  ];
  return [
    `ok        ${name}: ${parts.join(", ")}`,
    ...Object.entries(verdict.devices).map(
      ([serial, keys]) => `  device key of ${serial}: ${keys}`,
    ),
    ...verdict.gaps.map(
      ({ sequence, gap, serial }) =>
        `  NOT PROVEN: row ${String(sequence)}${serial === undefined ? "" : ` (${serial})`}: ${GAPS[gap]}`,
    ),
  ];
}
