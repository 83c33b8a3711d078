import { expect, test } from "vitest";

import type { StackDescription } from "../core/stack-description.ts";
import { renderWhereabouts } from "./render-whereabouts.ts";

const stack = { appliances: [], users: [] } as unknown as StackDescription;
const render = (directory: string | undefined, resolvesLocalhost: boolean) =>
  renderWhereabouts(stack, { stackFile: "/stack.json", directory, resolvesLocalhost });

test("the commands are those of this stack", () => {
  expect(render(undefined, true)).toMatch(/^ {2}npm run agent -- status {2,}the appliance/m);
  expect(render("/stack", true)).toMatch(/^ {2}npm run az -- --directory \/stack keyvault list /m);
});

test("only on a machine that does not resolve *.localhost, the remedy is printed", () => {
  expect(render(undefined, false)).toContain("apt-get install libnss-myhostname");
  expect(render(undefined, true)).not.toContain("libnss");
});
