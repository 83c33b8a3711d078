import { expect, test, vi } from "vitest";

import { inThisProcess } from "./start-double.ts";

const IMDS_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

test("a broker that does not start restores the address of IMDS", async () => {
  vi.stubEnv(IMDS_HOST, "http://before");
  const start = inThisProcess.start({ [IMDS_HOST]: "http://without-other-settings" });
  await expect(start).rejects.toMatchObject({ code: "Misuse" });
  expect(process.env[IMDS_HOST]).toBe("http://before");
});
