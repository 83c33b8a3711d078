import { expect, test } from "vitest";

import { testsNaming } from "./tests-naming.mjs";

test.each([
  ["docs/reference/arm-api.md", "apps/cloud-broker/test/control-plane/docs.test.ts"],
  ["deploy/azure/main.bicep", "deploy/test/bicep.test.ts"],
  ["vectors/messages.json", "packages/conformance/test/careless-parties.test.ts"],
])("a change of %s is tested by %s", (path, expected) => {
  expect(testsNaming([path])).toContain(expected);
});

test("a file that no test names is tested by those that name its folder", () => {
  const unnamed = `deploy/observability/${crypto.randomUUID()}.yaml`;
  expect(testsNaming([unnamed])).toContain("deploy/test/observability.test.ts");
});
