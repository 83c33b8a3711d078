import { expect, test } from "vitest";

import { judgeLuks2Header } from "./judge-luks2-header.ts";

const SLOT = { type: "luks2", key_size: 64, area: { type: "raw", encryption: "aes-xts-plain64" } };
const DATA = { type: "crypt", size: "dynamic", encryption: "aes-xts-plain64", sector_size: 4096 };
const PREPARED = {
  keyslots: { "0": SLOT, "3": SLOT },
  segments: { "0": DATA },
  config: { json_size: "12288" },
};

test("a header as preparation writes it is taken", () => {
  expect(judgeLuks2Header(PREPARED)).toBeUndefined();
});

test.each([
  ["no cipher", { segments: { "0": { ...DATA, encryption: "cipher_null-ecb" } } }, "aes-xts"],
  ["another cipher", { segments: { "0": { ...DATA, encryption: "aes-ecb" } } }, "aes-xts"],
  ["a segment in the clear", { segments: { "0": { ...DATA, type: "linear" } } }, "not encrypted"],
  ["a second segment", { segments: { "0": DATA, "1": DATA } }, "exactly one"],
  ["no segment", { segments: {} }, "exactly one"],
  ["a segment that ends early", { segments: { "0": { ...DATA, size: "4096" } } }, "to the end"],
  ["integrity", { segments: { "0": { ...DATA, integrity: { type: "none" } } } }, "features"],
  ["a backup segment", { segments: { "0": { ...DATA, flags: ["backup-final"] } } }, "features"],
  [
    "a slot in the clear",
    { keyslots: { "0": { ...SLOT, area: { encryption: "cipher_null-ecb" } } } },
    "slot 0",
  ],
  ["a slot of a shorter key", { keyslots: { "0": { ...SLOT, key_size: 16 } } }, "slot 0"],
  ["a slot for reencryption", { keyslots: { "1": { ...SLOT, type: "reencrypt" } } }, "slot 1"],
  ["requirements", { config: { requirements: { mandatory: ["x"] } } }, "features"],
])("a header with %s is refused", (_name, change, fault) => {
  expect(judgeLuks2Header({ ...PREPARED, ...change })).toContain(fault);
});

test.each([[undefined], [null], [7], ["text"], [[]], [{}]])("%o is no header", (value) => {
  expect(judgeLuks2Header(value)).toContain("exactly one");
});
