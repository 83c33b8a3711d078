import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { openBrokerKeys } from "./broker-keys.ts";
import { openSecretFile } from "./secret-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const neverMade = () => {
  throw new Error("made twice");
};

describe("a secret file", () => {
  test("is made once, for its owner only, and read after that", async () => {
    const path = join(folder, "key");
    expect(Buffer.from(await openSecretFile(path, () => Buffer.from("secret"))).toString()).toBe(
      "secret",
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await openSecretFile(path, neverMade)).toString()).toBe("secret");
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test("is the same for all that make it at once", async () => {
    let made = 0;
    const opened = await Promise.all(
      Array.from({ length: 20 }, () =>
        openSecretFile(join(folder, "key"), () => Buffer.from(`secret ${String((made += 1))}`)),
      ),
    );
    expect(new Set(opened.map((each) => Buffer.from(each).toString())).size).toBe(1);
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test.each([0o640, 0o604, 0o660, 0o644])(
    // Evidence: Files that others can read.
    "of mode %o is refused, for its secret is known",
    async (mode) => {
      const path = join(folder, "key");
      writeFileSync(path, "secret");
      chmodSync(path, mode);
      await expect(openSecretFile(path, neverMade)).rejects.toMatchObject({ code: "Misuse" });
    },
  );

  // Evidence: Files that others can read.
  test("behind a symbolic link is refused", async () => {
    writeFileSync(join(folder, "real"), "secret", { mode: 0o600 });
    symlinkSync(join(folder, "real"), join(folder, "key"));
    await expect(openSecretFile(join(folder, "key"), neverMade)).rejects.toMatchObject({
      code: "Misuse",
    });
  });
});

test("the broker's keys are the same after a restart, and devices are given the public halves, with the next key's", async () => {
  const first = await openBrokerKeys(folder);
  const again = await openBrokerKeys(folder);
  expect(again.signing.kid).toBe(first.signing.kid);
  expect(again.nonce.equals(first.nonce)).toBe(true);
  expect(first.bundle).toHaveLength(2);
  expect(first.bundle[0]).toEqual(first.signing.publicJwk);
  expect(again.bundle).toEqual(first.bundle);
  expect(first.nonce.symmetricKeySize).toBe(32);
});
