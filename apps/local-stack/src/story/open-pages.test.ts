import { expect, test } from "vitest";

import type { StackAppliance } from "../core/stack-description.ts";
import type { Appliance, ApplianceNode } from "../stack/appliances.ts";
import { openPages } from "./open-pages.ts";

test("stack.json names the pages that are served, and no page that has ended", async () => {
  const put: StackAppliance[] = [];
  const endings: ((cause: string) => void)[] = [];
  const node = (serial: string): Pick<ApplianceNode, "serial" | "stateDir" | "openPage"> => ({
    serial,
    stateDir: serial,
    openPage: (ended) => {
      endings.push(ended);
      const uiUrl = `https://${serial}.localhost`;
      return Promise.resolve({ uiUrl, [Symbol.asyncDispose]: () => Promise.resolve() });
    },
  });
  const nodes = [node("a"), node("b")] as ApplianceNode[];
  const appliance: Appliance = { order: "order", nodes, ship: () => Promise.resolve() };
  const stack = { putAppliance: (each: StackAppliance) => void put.push(each) };
  await using pages = await openPages(stack, [appliance], () => undefined);
  void pages;
  expect(put.at(-1)?.nodes).toEqual([
    { serial: "a", stateDir: "a", uiUrl: "https://a.localhost" },
    { serial: "b", stateDir: "b", uiUrl: "https://b.localhost" },
  ]);
  endings[0]?.("erased");
  expect(put.at(-1)?.nodes).toEqual([
    { serial: "a", stateDir: "a" },
    { serial: "b", stateDir: "b", uiUrl: "https://b.localhost" },
  ]);
});
