import { importVerifyKey, type PublicJwk } from "@databox-cmk/crypto";
import {
  ACTIVITY_HEAD_TYPE,
  type ActivityHead,
  activityHead,
  type ErasureStatement,
} from "@databox-cmk/protocol";

import type { JudgedChain, Known, NotedHead } from "../../audit/verify-chain.ts";
import { NOTHING_NOTED, type NotedHeads, verifyAuditExports } from "../../audit/verify-exports.ts";
import { faultOfNodes, renderStatement } from "../../orders/render-statement.ts";
import { readSigned, verifyCertificate } from "../../orders/verify-certificate.ts";
import type { EvidencePackage } from "./read-package.ts";

/** The verdict on the parts of a package beside its chain. */
type PackageVerdict = {
  readonly path: string;
  /** Thumbprints of the service's keys. */
  readonly keys: readonly string[];
  readonly areKeysFromElsewhere: boolean;
  /** The signed end of the activity. */
  readonly head?: ActivityHead | undefined;
  /** Number of rows after it. */
  readonly unproven: number;
  readonly certificate?: ErasureStatement | undefined;
  readonly faults: readonly string[];
};

/**
 * Verifies packages: the chain of each against its signed end and its certificate, both by the keys
 * of the service.
 *
 * @throws {AppError} Misuse as `verifyAuditExports`
 */
export function judgePackages(
  packages: readonly EvidencePackage[],
  known: {
    /** Those of the service, where the auditor has them from elsewhere. */
    readonly keys: readonly PublicJwk[] | undefined;
    readonly noted: NotedHeads;
    readonly devices: Known["devices"];
  },
): { readonly judged: readonly JudgedChain[]; readonly verdicts: readonly PackageVerdict[] } {
  const opened = packages.map((each) => open(each, known.keys));
  const noted = new Map(known.noted);
  for (const { chain, head, certificate } of opened)
    if (known.noted === NOTHING_NOTED || noted.has(chain)) {
      const signed: readonly (NotedHead | undefined)[] = [head, certificate?.activity];
      noted.set(chain, [
        ...(noted.get(chain) ?? []),
        ...signed.filter((each) => each !== undefined),
      ]);
    }
  const exports = packages.map(({ exported }) => exported);
  const judged = verifyAuditExports(exports, noted, known.devices);
  const verdicts = opened.map(({ chain: _chain, ...verdict }, index) => ({
    ...verdict,
    faults: [...verdict.faults, ...faultsOfNodes(verdict.certificate, judged[index])],
  }));
  return { judged, verdicts };
}

function open(
  { path, exported, ...signed }: EvidencePackage,
  known: readonly PublicJwk[] | undefined,
): PackageVerdict & { readonly chain: string } {
  const keys = known ?? signed.keys;
  const chain = exported.rows[0]?.chain ?? "";
  const newest = exported.rows
    .map(({ rowJson }): unknown => JSON.parse(rowJson).certificate)
    .findLast((each) => each !== undefined);
  const text = signed.certificate ?? (typeof newest === "string" ? newest : undefined);
  const head =
    signed.head === undefined
      ? undefined
      : readSigned(signed.head, keys, ACTIVITY_HEAD_TYPE, activityHead);
  const certificate = text === undefined ? undefined : verifyCertificate(text, keys);
  const { rows } = exported;
  const isElsewhere = (end: NotedHead | undefined) =>
    end !== undefined && rows[end.length - 1]?.hash !== end.head;
  const isOther = (order: string | undefined) => order !== undefined && order !== chain;
  const faults = [
    signed.head !== undefined &&
      head === undefined &&
      "no key of the service signed the end of the activity",
    isOther(head?.chain) && "the signed end is that of another activity",
    isElsewhere(head) && "the activity does not have its signed end",
    text !== undefined &&
      certificate === undefined &&
      "no key of the service signed the certificate of erasure",
    isOther(certificate?.order) && "the certificate of erasure is that of another order",
    isElsewhere(certificate?.activity) &&
      "the activity does not have the end that the certificate of erasure names",
    newest !== text && "the activity does not have this certificate of erasure",
    certificate && faultOfNodes(certificate),
  ].filter((fault) => typeof fault === "string");
  return {
    path,
    chain,
    keys: keys.map((key) => importVerifyKey(key).kid),
    areKeysFromElsewhere: known !== undefined,
    head,
    unproven: rows.length - (head?.length ?? 0),
    certificate,
    faults,
  };
}

/** The certificate names the device keys, which are those of the activity. */
function faultsOfNodes(
  certificate: ErasureStatement | undefined,
  judged: JudgedChain | undefined,
): readonly string[] {
  const verdict = judged?.verdict;
  if (verdict?.ok !== true) return [];
  const enrolled = new Map(Object.entries(verdict.devices));
  return (certificate?.nodes ?? [])
    .filter(
      ({ serial, deviceKey }) =>
        deviceKey !== undefined && enrolled.get(serial)?.split(" ").includes(deviceKey) !== true,
    )
    .map(({ serial }) => `node ${serial}: its certificate names a key that it never enrolled`);
}

/** Lines of text, or one line of JSON. */
export function renderPackage(verdict: PackageVerdict, asJson: boolean): readonly string[] {
  const { path, keys, areKeysFromElsewhere, head, unproven, certificate, faults } = verdict;
  if (asJson) return [JSON.stringify({ package: path, keys, head, unproven, certificate, faults })];
  const told = areKeysFromElsewhere
    ? ""
    : ", from the package itself: compare with the keys that you saved (--keys)";
  return [
    `keys of the service: ${keys.join(" ")}${told}`,
    head === undefined
      ? "  NOT PROVEN: the package has no signed end of the activity"
      : `signed end: row ${String(head.length)} at ${head.at}`,
    ...(head !== undefined && unproven > 0
      ? [`  NOT PROVEN: nothing signed the last ${String(unproven)} rows, which follow that end`]
      : []),
    ...(certificate === undefined ? [] : renderStatement(certificate)),
    ...faults.map((fault) => `TAMPERED  ${path}: ${fault}`),
  ];
}
