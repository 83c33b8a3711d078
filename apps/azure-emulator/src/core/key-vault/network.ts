import type { Vault, VaultAccess } from "../model.ts";
import type { TokenClaims } from "./caller.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";

/**
 * A vault's firewall: public access, then address rules, each with the bypass for trusted services.
 */
export function refuseByNetwork(input: {
  vault: Vault;
  access: VaultAccess;
  caller: TokenClaims;
  clientAddress: string;
  trustedService: boolean;
}): Refusal | undefined {
  const { vault, access, caller, clientAddress } = input;
  const { bypass, defaultAction, ipRules } = access.networkAcls;
  const bypasses = bypass === "AzureServices" && input.trustedService;
  switch (access.publicNetworkAccess) {
    case "SecuredByPerimeter":
      return REFUSALS.publicAccessDisabled(vault, caller);
    case "Disabled":
      if (bypasses) return undefined;
      return bypass === "None"
        ? REFUSALS.publicAccessDisabledWithoutBypass(vault, caller)
        : REFUSALS.publicAccessDisabled(vault, caller);
    case "Enabled":
      if (defaultAction === "Allow" || bypasses) return undefined;
      if (ipRules.some((rule) => containsAddress(rule, clientAddress))) return undefined;
      return bypass === "None"
        ? REFUSALS.firewallWithoutBypass(vault, caller, clientAddress)
        : REFUSALS.firewall(vault, caller, clientAddress);
  }
}

/** Whether an IPv4 address lies in `a.b.c.d` or `a.b.c.d/n`. */
export function containsAddress(rule: string, address: string): boolean {
  const [network = "", prefixText = "32"] = rule.split("/");
  const prefix = Number(prefixText);
  const networkBits = parseIpv4(network);
  const addressBits = parseIpv4(address);
  if (networkBits === undefined || addressBits === undefined) return false;
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > 32) return false;
  const size = 2 ** (32 - prefix);
  return Math.floor(networkBits / size) === Math.floor(addressBits / size);
}

function parseIpv4(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let bits = 0;
  for (const octet of octets) {
    if (!/^\d{1,3}$/u.test(octet) || Number(octet) > 255) return undefined;
    bits = bits * 256 + Number(octet);
  }
  return bits;
}
