import { expect, test, vi } from "vitest";

import type { Client } from "../api/client.ts";
import { readOrderPage } from "./order-page-query.ts";

test.each(["kill switch", "ä", "a/b", "x".repeat(65)])(
  "a search for %s finds nothing, and the service is not asked",
  async (search) => {
    const call = vi.fn<Client["call"]>();
    const client = { call } as unknown as Client;
    expect(await readOrderPage(client, undefined, { search }, undefined)).toEqual({ value: [] });
    expect(call).not.toHaveBeenCalled();
    await readOrderPage(client, undefined, { search: "atlas-1" }, undefined);
    expect(call).toHaveBeenCalledOnce();
  },
);
