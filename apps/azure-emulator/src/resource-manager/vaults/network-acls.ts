import { isSame, type NetworkAcls, type PublicNetworkAccess } from "../../core/model.ts";
import { badRequest } from "../arm-error.ts";
import type { VaultProperties } from "./vault-schema.ts";

const IP_RULES_MAXIMUM = 1_000;
const VIRTUAL_NETWORK_RULES_MAXIMUM = 200;

const OPEN_NETWORK: NetworkAcls = {
  bypass: "AzureServices",
  defaultAction: "Allow",
  ipRules: [],
  virtualNetworkRules: [],
};

/**
 * A vault's network rules from a request (Key Vault, "network security").
 *
 * @throws ArmError 400 for unknown words, IPv6, private addresses (RFC 1918) and too many rules.
 */
export function parseNetworkAcls(input: VaultProperties["networkAcls"]): NetworkAcls {
  if (input === null || input === undefined) return OPEN_NETWORK;
  const ipRules = input.ipRules ?? [];
  const virtualNetworkRules = input.virtualNetworkRules ?? [];
  if (ipRules.length > IP_RULES_MAXIMUM)
    throw badRequest(
      `networkAcls.ipRules: ${ipRules.length} rules, at most ${IP_RULES_MAXIMUM} are allowed.`,
    );
  if (virtualNetworkRules.length > VIRTUAL_NETWORK_RULES_MAXIMUM)
    throw badRequest(
      `networkAcls.virtualNetworkRules: ${virtualNetworkRules.length} rules, at most ${VIRTUAL_NETWORK_RULES_MAXIMUM} are allowed.`,
    );
  return {
    bypass: oneOf("networkAcls.bypass", input.bypass ?? "AzureServices", ["AzureServices", "None"]),
    defaultAction: oneOf("networkAcls.defaultAction", input.defaultAction ?? "Allow", [
      "Allow",
      "Deny",
    ]),
    ipRules: ipRules.map((rule) => parseIpRule(rule.value)),
    virtualNetworkRules: virtualNetworkRules.map((rule) => rule.id),
  };
}

export function parsePublicNetworkAccess(value: string): PublicNetworkAccess {
  return oneOf("publicNetworkAccess", value, ["Enabled", "Disabled", "SecuredByPerimeter"]);
}

/** Enumeration values are read without case and stored as documented. */
export function oneOf<Word extends string>(
  member: string,
  value: string,
  words: readonly Word[],
): Word {
  const word = words.find((candidate) => isSame(candidate, value));
  if (word === undefined)
    throw badRequest(
      `An invalid value was provided for '${member}': '${value}'. Use one of ${words.join(", ")}.`,
    );
  return word;
}

/** `203.0.113.7` is kept as `203.0.113.7/32`, as the service shows it. */
export function parseIpRule(value: string): string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(value.trim());
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const prefixBits = match?.[5] === undefined ? 32 : Number(match[5]);
  if (match === null || octets.some((octet) => octet > 255) || prefixBits > 32)
    throw badRequest(
      `networkAcls.ipRules: '${value}' is not an IPv4 address or an IPv4 range in CIDR notation.`,
    );
  const [first = 0, second = 0] = octets;
  const isPrivate =
    first === 10 ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168);
  if (isPrivate)
    throw badRequest(
      `networkAcls.ipRules: '${value}' is a private address (RFC 1918); use a public one, or a virtual network rule.`,
    );
  return `${octets.join(".")}/${prefixBits}`;
}
