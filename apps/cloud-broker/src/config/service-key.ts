import { AppError } from "@databox-cmk/errors";

import { parseKeyUrl } from "../core/key-url.ts";
import type { KeyUrl } from "../core/order.ts";
import type { BrokerConfig } from "./config.ts";

type KeySettings = Pick<BrokerConfig, "SERVICE_KEY_URL" | "ISSUER_KEY_URL" | "KEY_VAULT_SUFFIXES">;

/** @throws {AppError} Misuse that names the variable */
export function parseServiceKey(config: KeySettings): KeyUrl {
  return parseOwnKey("SERVICE_KEY_URL", config.SERVICE_KEY_URL, config.KEY_VAULT_SUFFIXES);
}

/** @throws {AppError} Misuse that names the variable */
export function parseIssuerKey(config: KeySettings): KeyUrl | undefined {
  if (config.ISSUER_KEY_URL === undefined) return undefined;
  const key = parseOwnKey("ISSUER_KEY_URL", config.ISSUER_KEY_URL, config.KEY_VAULT_SUFFIXES);
  if (key.version === undefined) return key;
  throw new AppError("Misuse", {
    detail:
      "ISSUER_KEY_URL is wrong: expected the URL without a version, so that the broker follows rotations",
  });
}

function parseOwnKey(variable: string, url: string, suffixes: readonly string[]): KeyUrl {
  const parsed = parseKeyUrl(url, suffixes);
  if (parsed.ok) return parsed.value;
  throw new AppError("Misuse", {
    detail: `${variable} is wrong: expected the URL of a key in a vault of KEY_VAULT_SUFFIXES (${parsed.failure.detail ?? parsed.failure.code})`,
  });
}
