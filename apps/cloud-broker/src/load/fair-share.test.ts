import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { createLedger, mayTakePlace } from "./fair-share.ts";

const PLACES = 8;
const CUSTOMERS = ["a", "b", "c", "d"];
const event = fc.record({
  name: fc.constantFrom(...CUSTOMERS),
  place: fc.constantFrom("work" as const, "vault" as const),
  comes: fc.boolean(),
});

describe("a fair share of the places", () => {
  test.each([
    ["customer", { all: 7, own: 7, parties: 1 }, true],
    ["customer", { all: 8, own: 8, parties: 1 }, false],
    ["customer", { all: 8, own: 3, parties: 2 }, true],
    ["customer", { all: 8, own: 4, parties: 2 }, false],
    ["customer", { all: 20, own: 0, parties: 9 }, true],
    ["customer", { all: 20, own: 1, parties: 9 }, false],
    ["stranger", { all: 7, own: 7, parties: 1 }, true],
    ["stranger", { all: 8, own: 3, parties: 1 }, true],
    ["stranger", { all: 8, own: 4, parties: 1 }, false],
    ["stranger", { all: 8, own: 0, parties: 5 }, false],
  ] as const)("of a %s among %o: %s", (kind, taken, may) => {
    expect(mayTakePlace(kind, PLACES, taken)).toBe(may);
  });

  test.prop([fc.array(event, { maxLength: 200 })])(
    "goes to each party, regardless of the others, and the total stays bounded",
    (events) => {
      const ledger = createLedger();
      const inside: { name: string; place: "work" | "vault" }[] = [];
      for (const { name, place, comes } of events) {
        const party = { kind: "customer", name } as const;
        const taken = ledger.taken(party, ["work", "vault"]);
        const mine = inside.filter((each) => each.name === name);
        expect(taken).toEqual({
          all: inside.length,
          own: mine.length,
          parties: new Set([...inside.map((each) => each.name), name]).size,
        });
        if (comes) {
          const may = mayTakePlace("customer", PLACES, taken);
          if (mine.length < PLACES / CUSTOMERS.length) expect(may).toBe(true);
          if (!may) continue;
          ledger.add(party, place);
          inside.push({ name, place });
          // 8 + 8/2 + 8/3 + 8/4: the first party had all places, each later one at most its share
          // at that time.
          expect(inside.length).toBeLessThanOrEqual(PLACES + 4 + 2 + 2);
        } else if (mine[0] !== undefined) {
          inside.splice(inside.indexOf(mine[0]), 1);
          ledger.remove(party, mine[0].place);
        }
      }
    },
  );
});
