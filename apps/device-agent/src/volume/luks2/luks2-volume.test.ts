import { expect, test } from "vitest";

import { formatParameters, openParameters } from "./luks2-volume.ts";

const ID = "0b7cf1c4-7c7e-4c1e-9d53-a1f2c3d4e5f6";

test("a generated key, which carries 128 bits, gets a fast derivation", () => {
  expect(formatParameters("/dev/x", { id: ID, passkeyOrigin: "generated" }).join(" ")).toBe(
    `luksFormat --type luks2 --batch-mode --cipher aes-xts-plain64 --key-size 512 --label databox-cmk --uuid ${ID} --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file=- /dev/x`,
  );
});

test("a customer's own, which may be guessed, gets a slow one", () => {
  expect(formatParameters("/dev/x", { id: ID, passkeyOrigin: "customer" }).join(" ")).toContain(
    "--pbkdf argon2id",
  );
});

test("with device-mapper the volume is mapped, without it or when it is mapped already the key is tested", () => {
  expect(openParameters("/dev/x", { kind: "map", mapping: "databox-1" }).slice(-2)).toEqual([
    "/dev/x",
    "databox-1",
  ]);
  for (const target of [{ kind: "header" }, { kind: "mapped", mapping: "databox-1" }] as const)
    expect(openParameters("/dev/x", target).slice(-2)).toEqual(["--test-passphrase", "/dev/x"]);
});
