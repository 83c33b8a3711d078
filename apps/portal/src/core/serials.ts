import { asciiLowerCase, isIdentifier } from "@databox-cmk/protocol";

export type SerialsDecision =
  | { readonly ok: true; readonly serials: readonly string[] }
  | {
      readonly ok: false;
      readonly problem: "form" | "some" | "twice";
      /** Positions of the wrong fields. */
      readonly at: readonly number[];
    };

/**
 * The typed serial numbers of an appliance's nodes: all of them, or none, and then the broker
 * chooses them.
 */
export function decideSerials(typed: readonly string[]): SerialsDecision {
  const serials = typed.map((serial) => serial.trim());
  const positions = serials.map((_serial, index) => index);
  const empty = positions.filter((index) => serials[index] === "");
  const malformed = positions.filter(
    (index) => !empty.includes(index) && !isIdentifier("serial", serials[index] ?? ""),
  );
  if (malformed.length > 0) return { ok: false, problem: "form", at: malformed };
  if (empty.length === serials.length) return { ok: true, serials: [] };
  if (empty.length > 0) return { ok: false, problem: "some", at: empty };
  const folded = serials.map(asciiLowerCase);
  const twice = positions.filter((index) => folded.indexOf(folded[index] ?? "") !== index);
  if (twice.length > 0) return { ok: false, problem: "twice", at: twice };
  return { ok: true, serials };
}
