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
  "a policy that was written while its order was deleted was answered 500": [
    ["hold", "transaction", ["rules", "Carl", 12]],
    ["move", "fail"],
    ["delete", "Carl"],
    ["let go"],
  ],
  "the operator turned off the switch that withholds an erased order after a restore, and it opened":
    [
      ["back up"],
      ["move", "fail"],
      ["move", "erase"],
      ["restore the backup"],
      ["restore", "the operator", "order"],
      ["ask", "appliance"],
    ],
  "of two people who carried a challenge at the same moment, one took the answer without a row": [
    ["hold", "vault", ["carry", "Carl", "appliance"]],
    ["carry", "Olga", "appliance"],
    ["carry again", "Carl's pipeline", "appliance"],
  ],
  "keys that were destroyed after the clock was set back opened again in a restored backup": [
    ["move", "fail"],
    ["clock back", 1],
    ["back up"],
    ["delete", "Olga"],
    ["restore the backup"],
    ["passkey", "Olga"],
  ],
};
