import type { KeyIdentity, KeyUrl } from "../../src/core/order.ts";
import type { KeyVaults } from "../../src/core/ports.ts";

export type Permission = "get" | "wrapKey" | "unwrapKey";

/**
 * Vaults under a test's control: in memory, or the emulator behind the real SDKs. `identity` is an
 * order's.
 */
export type VaultWorld = {
  readonly vaults: KeyVaults;
  readonly identity: KeyIdentity;
  keyUrl(vault: string, key: string, version?: string): KeyUrl;
  /** With soft delete and purge protection, all permissions granted to the identity. */
  addVault(vault: string): Promise<void>;
  addKey(vault: string, key: string): Promise<string>;
  rotate(vault: string, key: string): Promise<string>;
  setEnabled(kid: string, enabled: boolean): Promise<void>;
  setExpiry(kid: string, seconds: number): Promise<void>;
  setNotBefore(kid: string, seconds: number): Promise<void>;
  setOperations(
    kid: string,
    operations: readonly ("wrapKey" | "unwrapKey" | "encrypt")[],
  ): Promise<void>;
  deleteKey(vault: string, key: string): Promise<void>;
  grant(vault: string, permissions: readonly Permission[]): Promise<void>;
  deleteVault(vault: string): Promise<void>;
  removeIdentity(): Promise<void>;
  close(): Promise<void>;
};
