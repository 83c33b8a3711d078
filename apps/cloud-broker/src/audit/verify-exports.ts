import { AppError } from "@databox-cmk/errors";

import { type FormerLink, isFormerOf, readFormerLink } from "./former-link.ts";
import {
  type ChainVerdict,
  type JudgedChain,
  type Known,
  type NotedHead,
  type ShownRow,
  verifyChain,
} from "./verify-chain.ts";

export type Verdicts = ReadonlyMap<string, ChainVerdict>;
/** Earlier output of `audit verify --json`, by chain. */
export type NotedHeads = ReadonlyMap<string, readonly NotedHead[]>;
export const NOTHING_NOTED: NotedHeads = new Map();

/** The activity of an order, as its owner exported it. */
export type Exported = { readonly path: string; readonly rows: readonly ShownRow[] };

/**
 * Verifies the chains of orders. Orders that had the same name one after another share the heads
 * and devices that the owner knows, and each must have the end that its successor names.
 *
 * @throws {AppError} Misuse when an export is empty, or is of a chain that was not noted
 */
export function verifyAuditExports(
  exported: readonly Exported[],
  noted: NotedHeads = NOTHING_NOTED,
  devices: Known["devices"] = new Map(),
): readonly JudgedChain[] {
  const exports = exported.map(({ path, rows }) => {
    const chain = rows[0]?.chain ?? "";
    const verdict = verifyChain(chain, rows);
    const link = rows.map(({ rowJson }) => readFormerLink(rowJson)).find((each) => each);
    const serials = verdict.ok ? Object.keys(verdict.devices) : [];
    return { path, rows, chain, link, serials, verdict };
  });
  const enrolled = new Set(exports.flatMap(({ serials }) => serials));
  return exports.flatMap(({ path, rows, chain, link, serials }): readonly JudgedChain[] => {
    const [first] = rows;
    if (first === undefined) {
      if (noted === NOTHING_NOTED) throw new AppError("Misuse", { detail: `${path} has no rows` });
      return judgedOf(withMissing(new Map(), noted));
    }
    // Otherwise a chain that was rewritten under another name would be compared with nothing.
    if (noted !== NOTHING_NOTED && !noted.has(chain))
      throw new AppError("Misuse", {
        detail: `--noted: no head of ${chain}, the chain of ${path}`,
      });
    const ofName = exports.filter((other) => other.chain === chain);
    const mine = noted
      .get(chain)
      ?.filter(
        ({ length, head }) =>
          !ofName.some(
            (other) => other.rows[0]?.hash !== first.hash && other.rows[length - 1]?.hash === head,
          ),
      );
    const expected = [...devices].filter(
      ([serial]) => serials.includes(serial) || !enrolled.has(serial),
    );
    const verdict = verifyChain(chain, rows, { noted: mine, devices: new Map(expected) });
    const judged = link === undefined ? verdict : judgeFormer(verdict, link, ofName);
    return [{ chain, ...(exports.length > 1 && { path }), verdict: judged }];
  });
}

/** An export from before the deletion is shorter; only one from after it shows the other rows. */
function judgeFormer(
  verdict: ChainVerdict,
  link: FormerLink,
  ofName: readonly (Exported & {
    readonly link: FormerLink | undefined;
    readonly verdict: ChainVerdict;
  })[],
): ChainVerdict {
  const { sequence, formerLength } = link;
  // The first order of a name has number 1.
  const formers = ofName.filter((other) => (other.link?.former ?? 0) + 1 === link.former);
  const whole = formers.find((former) => isFormerOf(link, former.verdict));
  const isBegin = ({ rows }: Exported) =>
    rows.length < formerLength &&
    (whole === undefined || whole.rows[rows.length - 1]?.hash === rows.at(-1)?.hash);
  if (!verdict.ok || formers.length === 0) return verdict;
  if (!formers.every((former) => isFormerOf(link, former.verdict) || isBegin(former)))
    return { ok: false, sequence, fault: "not-its-former" };
  return whole === undefined
    ? { ...verdict, gaps: [...verdict.gaps, { sequence, gap: "former-ends-early" }] }
    : verdict;
}

export const judgedOf = (verdicts: Verdicts): readonly JudgedChain[] =>
  [...verdicts].map(([chain, verdict]) => ({ chain, verdict }));

/** A chain that was noted and is now missing was cut off at its first row. */
export function withMissing(verdicts: Verdicts, noted: NotedHeads): Verdicts {
  const missing = [...noted].filter(
    ([chain, heads]) => heads.some(({ length }) => length > 0) && !verdicts.has(chain),
  );
  return new Map([
    ...verdicts,
    ...missing.map(
      ([chain]) => [chain, { ok: false, sequence: 1, fault: "not-as-noted" }] as const,
    ),
  ]);
}
