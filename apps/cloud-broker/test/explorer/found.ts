import type { Step } from "./walk.ts";

/** What the explorer found in the product: the shortest stories, which must not come back. */
export const FOUND: Readonly<Record<string, readonly Step[]>> = {
  "a challenge that two people carried at once was answered 200 without an answer, once its order was erased":
    [
      ["hold", "vault", ["carry", "Carl", "appliance"]],
      ["carry", "Olga", "appliance"],
      ["move", "fail"],
      ["move", "erase"],
      ["let go"],
    ],
  "a new content key whose vault's call outlived the erasure was kept in the database": [
    ["ask", "appliance"],
    ["hold", "vault", ["rekey"]],
    ["move", "fail"],
    ["move", "erase"],
    ["let go"],
    ["move", "erase"],
  ],
};
