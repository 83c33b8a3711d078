import { hkdfSync } from "node:crypto";

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
  "is HKDF-SHA256 without a salt, as node:crypto computes it",
  ({ env, cek, commitment }) => {
    const label = `databox-cmk/commit/v1${env}`;
    const derived = hkdfSync("sha256", decodeBase64url(cek), new Uint8Array(0), label, 32);
    expect(encodeBase64url(new Uint8Array(derived))).toBe(commitment);
  },
);
