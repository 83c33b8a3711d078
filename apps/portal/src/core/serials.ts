/** 3 to 64 letters, digits and hyphens, the first no hyphen (operator API, `prepare`). */
const SERIAL = /^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/;

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
    (index) => !empty.includes(index) && !SERIAL.test(serials[index] ?? ""),
  );
  if (malformed.length > 0) return { ok: false, problem: "form", at: malformed };
  if (empty.length === serials.length) return { ok: true, serials: [] };
  if (empty.length > 0) return { ok: false, problem: "some", at: empty };
  const twice = positions.filter((index) => serials.indexOf(serials[index] ?? "") !== index);
  if (twice.length > 0) return { ok: false, problem: "twice", at: twice };
  return { ok: true, serials };
}
