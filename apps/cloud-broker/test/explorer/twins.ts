import type { Guard, WayOut } from "../../src/core/ways-out.ts";
import type { PropertyNumber } from "./properties.ts";
import type { Removed, Step } from "./walk.ts";

/** A run with one guard removed, in which the explorer must see the violation of a property. */
type Mutation = {
  readonly property: PropertyNumber;
  /** A guard that is no longer read again in the transaction after which the key leaves. */
  readonly row?: readonly [WayOut, Guard];
  readonly removed?: Removed;
};
type Twin = Mutation & { readonly steps: readonly Step[] };

const ASK: Step = ["ask", "appliance"];
const AGAIN: Step = ["ask again", "appliance"];
const LET_GO: Step = ["let go"];
const approve = (who: string): Step => ["vote", who, "approve", "unlock"];
const during = (step: Step, ...meanwhile: readonly Step[]): readonly Step[] => [
  ["hold", "vault", step],
  ...meanwhile,
  LET_GO,
];

/** Without the removal, no property is violated by the same steps. */
export const TWINS: Readonly<Record<string, Twin>> = {
  "an unlock does not see the kill switch": {
    property: 4,
    row: ["unlock", "switches"],
    steps: during(ASK, ["revoke", "Olga"]),
  },
  "an unlock does not see a kill switch that is off again": {
    property: 4,
    row: ["unlock", "switches"],
    steps: during(ASK, ["revoke", "Olga"], ["restore", "Olga"]),
  },
  "an unlock does not see that the device was replaced": {
    property: 4,
    row: ["unlock", "device"],
    steps: during(ASK, ["replace"]),
  },
  "an unlock does not see the stage": {
    property: 1,
    row: ["unlock", "stage"],
    steps: during(ASK, ["move", "pickUp"]),
  },
  "an unlock does not see the new policy": {
    property: 2,
    row: ["unlock", "policy"],
    steps: during(ASK, ["rules", "Olga", 1]),
  },
  "a rekeying does not see the stage": {
    property: 1,
    row: ["rekey", "stage"],
    steps: [ASK, ...during(["rekey"], ["move", "pickUp"])],
  },
  "a repeat does not see the kill switch": {
    property: 4,
    row: ["repeated answer", "switches"],
    steps: [ASK, ["revoke", "Olga"], AGAIN],
  },
  "a carried repeat does not see a kill switch that is off again": {
    property: 4,
    row: ["repeated carried answer", "switches"],
    steps: [
      ["carry", "Carl", "appliance"],
      ["revoke", "Olga"],
      ["restore", "Olga"],
      ["carry again", "Carl", "appliance"],
    ],
  },
  "the passkey does not see the erasure": {
    property: 6,
    row: ["passkey", "stage"],
    steps: [["move", "fail"], ...during(["passkey", "Olga"], ["move", "erase"])],
  },
  "two programs are two people": {
    property: 2,
    removed: "a program is told from a person",
    steps: [
      ["rules", "Olga", 2],
      ASK,
      approve("Carl's pipeline"),
      approve("Carl's other pipeline"),
      AGAIN,
    ],
  },
  "a vote counts twice": {
    property: 2,
    removed: "a vote counts once",
    steps: [["rules", "Olga", 2], ASK, approve("Bob"), AGAIN],
  },
  "a Contributor names the approvers": {
    property: 3,
    removed: "only an Owner moves power",
    steps: [["rules", "Carl", 10]],
  },
  "nobody can undo a policy whose approver does not exist": {
    property: 3,
    removed: "an Owner can override",
    steps: [["rules", "Olga", 11]],
  },
  "a renewal does not see the kill switch": {
    property: 4,
    removed: "a kill switch ends leases",
    steps: [ASK, ["revoke", "Olga"], ["renew", "appliance"]],
  },
  "a wait for news does not see the kill switch": {
    property: 4,
    removed: "a kill switch ends leases",
    steps: [ASK, ["wait", "appliance"], ["revoke", "Olga"], ["news", "Olga", "appliance"]],
  },
  "an erasure leaves the envelopes": {
    property: 6,
    removed: "an erasure is final",
    steps: [
      ["move", "fail"],
      ["move", "erase"],
    ],
  },
  "a change of the policy is not announced": {
    property: 7,
    removed: "changes are announced",
    steps: [["rules", "Olga", 1]],
  },
  "those who decided before are not told": {
    property: 7,
    removed: "the former approvers get an e-mail",
    steps: [["rules", "Olga", 9]],
  },
  "the restore record is lost": {
    property: 4,
    removed: "the record is kept beside the database",
    steps: [["back up"], ["revoke", "Olga"], ["restore the backup"], ASK],
  },
  "the verdict does not know of a kill switch": {
    property: 8,
    removed: "the verdict has the guards",
    steps: [["revoke", "Olga"], ASK],
  },
  "a program is shown that it may approve": {
    property: 8,
    removed: "the view knows the caller",
    steps: [["rules", "Olga", 2], ASK, approve("Carl's pipeline")],
  },
};

/**
 * The same without a story: walks that know nothing of the removed guard must see it within a
 * budget, at least one for each property.
 *
 * @param seed - of the first walk: one that leads there soon, so that a test run takes less time
 */
export const MUTATIONS: Readonly<Record<string, Mutation & { readonly seed: number }>> = {
  "unlock hours are not kept": { property: 1, removed: "the unlock hours", seed: 5 },
  "two programs are two people": {
    property: 2,
    removed: "a program is told from a person",
    seed: 10,
  },
  "a vote counts twice": { property: 2, removed: "a vote counts once", seed: 49 },
  "a Contributor names the approvers": {
    property: 3,
    removed: "only an Owner moves power",
    seed: 11,
  },
  "nobody can override": { property: 3, removed: "an Owner can override", seed: 1 },
  "a repeat does not see the kill switch": {
    property: 4,
    row: ["repeated answer", "switches"],
    seed: 18,
  },
  "split custody is forgotten": { property: 5, removed: "split custody stays", seed: 3 },
  "an erasure leaves the envelopes": { property: 6, removed: "an erasure is final", seed: 56 },
  "a change of the policy is not announced": {
    property: 7,
    removed: "changes are announced",
    seed: 1,
  },
  "the verdict does not know of kill switches": {
    property: 8,
    removed: "the verdict has the guards",
    seed: 1,
  },
  "a program is shown that it may approve": {
    property: 8,
    removed: "the view knows the caller",
    seed: 12,
  },
};
