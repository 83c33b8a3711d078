import { expect, test } from "vitest";

import { parseResourceFilter } from "./resource-filter.ts";

const VAULT = {
  id: "/subscriptions/s/resourceGroups/demo/providers/Microsoft.KeyVault/vaults/contoso",
  name: "contoso",
  type: "Microsoft.KeyVault/vaults",
  location: "westus",
  tags: { Department: "Sales and more", site: "it's" },
};

test.each([
  [undefined, true],
  [" ", true],
  ["resourceType eq 'microsoft.keyvault/VAULTS' and name eq 'Contoso'", true],
  ["resourceType ne 'Microsoft.KeyVault/vaults'", false],
  ["resourceType eq 'a' or resourceType eq 'Microsoft.KeyVault/vaults'", true],
  ["name eq 'x' or name eq 'contoso' and location eq 'eastus'", false],
  ["resourceGroup eq 'demo'", true],
  ["location eq 'eastus'", false],
  ["substringof('ntos', name)", true],
  ["substringof('demo',resourceGroup) and substringof('x',name)", false],
  ["tagName eq 'department'", true],
  ["tagName eq 'department' and tagValue eq 'Sales and more'", true],
  ["tagname eq 'site' and tagvalue eq 'Sales and more'", false],
  ["tagName eq 'site' and tagValue eq 'it''s'", true],
  ["startswith(tagName, 'dep')", true],
  ["startswith(tagName,'x')", false],
  ["plan/name eq 'x'", false],
  ["identity ne 'x'", true],
])("%j selects the vault: %s", (text, expected) => {
  expect(parseResourceFilter(text).matches(VAULT)).toBe(expected);
});

test.each([
  ["resourceType eq 'Microsoft.KeyVault/vaults'", true],
  ["resourceType eq 'a' and name eq 'x'", false],
  ["resourceType eq 'a' or name eq 'x'", true],
])("%j may have vaults: %s", (text, expected) => {
  expect(parseResourceFilter(text).mayHave(VAULT.type)).toBe(expected);
});

test.each(["name", "color eq 'x'", "name eq kv", "name eq 'a' and", "'", "x".repeat(3_000)])(
  "%.20s is refused",
  (text) => {
    expect(() => parseResourceFilter(text)).toThrow(expect.objectContaining({ status: 400 }));
  },
);
