import { createHmac } from "node:crypto";

import { expect, test } from "vitest";

import { readVectors } from "../../test/vectors/shapes.ts";
import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { commitmentTo } from "./commitment.ts";

test.each(readVectors("commitments.json").vectors)(
  "commits to $cek in $env",
  ({ env, cek, commitment }) => {
    expect(encodeBase64url(commitmentTo(decodeBase64url(cek), env))).toBe(commitment);
  },
);

test.each(readVectors("commitments.json").vectors)(
  "is HKDF as RFC 5869 §2 spells it: extract with 32 zero bytes, then one block of expand",
  ({ env, cek, commitment }) => {
    const pseudorandomKey = createHmac("sha256", Buffer.alloc(32))
      .update(decodeBase64url(cek))
      .digest();
    const block = createHmac("sha256", pseudorandomKey)
      .update(`databox-cmk/commit/v1${env}\u0001`)
      .digest("base64url");
    expect(block).toBe(commitment);
  },
);
