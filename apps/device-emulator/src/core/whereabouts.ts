/** The location of an appliance. A carrier takes it from one place to the other. */
export type Place = "datacenter" | "customer";

export type Whereabouts =
  | { readonly kind: "at"; readonly place: Place }
  | { readonly kind: "in-transit"; readonly to: Place };

/**
 * One step of a journey: handed to the carrier, or delivered. It can travel back and forth any
 * number of times.
 */
export function nextStop(whereabouts: Whereabouts): Whereabouts {
  if (whereabouts.kind === "in-transit") return { kind: "at", place: whereabouts.to };
  return { kind: "in-transit", to: whereabouts.place === "datacenter" ? "customer" : "datacenter" };
}
