import { AppError } from "@databox-cmk/errors";

import type { BrokerConfig } from "./config.ts";
import { parseKeyUrl } from "./core/key-url.ts";
import type { KeyUrl } from "./core/order.ts";

/** @throws {AppError} Misuse that names the variable */
export function parseServiceKey(
  config: Pick<BrokerConfig, "SERVICE_KEY_URL" | "KEY_VAULT_SUFFIXES">,
): KeyUrl {
  const parsed = parseKeyUrl(config.SERVICE_KEY_URL, config.KEY_VAULT_SUFFIXES);
  if (parsed.ok) return parsed.value;
  throw new AppError("Misuse", {
    detail: `SERVICE_KEY_URL is wrong: expected the URL of a key in a vault of KEY_VAULT_SUFFIXES (${parsed.failure.detail ?? parsed.failure.code})`,
  });
}
