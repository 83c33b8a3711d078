import { expect, test } from "vitest";

import { type Certificate, createCertificateReload } from "./read-certificate.ts";

const named = (name: string, expiresAtMs: number): Certificate => {
  return { certificate: name, privateKey: `key of ${name}`, expiresAtMs };
};

test("serves a new certificate once, and tells when it expires", async () => {
  let files = named("first", 1);
  const served: string[] = [];
  const { reload, expiresAtMs } = createCertificateReload(
    files,
    () => Promise.resolve(files),
    ({ certificate }) => served.push(certificate),
  );
  await reload();
  expect([served, expiresAtMs()]).toEqual([[], 1]);
  files = named("second", 2);
  await reload();
  await reload();
  expect([served, expiresAtMs()]).toEqual([["second"], 2]);
});

test("keeps the former certificate when the files cannot be served", async () => {
  const { reload, expiresAtMs } = createCertificateReload(
    named("first", 1),
    () => Promise.reject(new Error("half written")),
    () => {
      throw new Error("it must not be served");
    },
  );
  await expect(reload()).rejects.toThrow("half written");
  expect(expiresAtMs()).toBe(1);
});
