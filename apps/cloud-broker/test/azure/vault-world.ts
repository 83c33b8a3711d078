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
  addVault(vault: string): void | Promise<void>;
  addKey(vault: string, key: string): string | Promise<string>;
  rotate(vault: string, key: string): string | Promise<string>;
  setEnabled(kid: string, enabled: boolean): void | Promise<void>;
  setExpiry(kid: string, seconds: number): void | Promise<void>;
  setNotBefore(kid: string, seconds: number): void | Promise<void>;
  setOperations(
    kid: string,
    operations: readonly ("wrapKey" | "unwrapKey" | "encrypt")[],
  ): void | Promise<void>;
  deleteKey(vault: string, key: string): void | Promise<void>;
  grant(vault: string, permissions: readonly Permission[]): void | Promise<void>;
  deleteVault(vault: string): void | Promise<void>;
  removeIdentity(): void | Promise<void>;
  close(): void | Promise<void>;
};
