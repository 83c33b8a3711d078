import dns from "node:dns";

import { vi } from "vitest";

/** An address without a listener, or no such name. */
export const WRONG_NAMES = ["127.0.0.99", undefined] as const;

/** The system answers each name like this, until the mock is restored. */
export function answerNames(address: string | undefined) {
  const mock = vi.spyOn(dns, "lookup");
  // oxlint-disable-next-line typescript/no-explicit-any -- one function for all its overloads
  const lookup: any = (name: string, { all }: dns.LookupOptions, done: (...given: any[]) => void) =>
    address === undefined
      ? done(Object.assign(new Error(`no ${name}`), { code: "ENOTFOUND" }))
      : done(null, ...(all === true ? [[{ address, family: 4 }]] : [address, 4]));
  return mock.mockImplementation(lookup);
}
