import type { JsonWebKey, KeyObject } from "node:crypto";

import type { Cloud } from "@databox-cmk/errors";

import type { AuditRecord, Settings } from "./core/model.ts";
import type { Faults } from "./faults/faults.ts";
import type { Log } from "./log.ts";
import type { EmulatorState } from "./state/emulator-state.ts";

/** The addresses of the emulator's parts, known once its ports are. No URL ends with a slash. */
export type Endpoints = {
  /** `https://login.localhost:8443` */
  readonly authorityUrl: string;
  /** `https://arm.localhost:8443` */
  readonly armUrl: string;
  readonly controlUrl: string;
  /** `http://127.0.0.1:8445` */
  readonly imdsUrl: string;
  /** `vault.localhost:8443`; vaults are `https://{name}.{vaultSuffix}/`. */
  readonly vaultSuffix: string;
  /** `vault.localhost`: the same without the port, for DNS. */
  readonly vaultDomain: string;
  /**
   * `https://vault.localhost:8443`: the resource of a vault's challenge and the audience of its
   * tokens.
   */
  readonly vaultAudience: string;
  /** Microsoft Graph; its own host only in a named cloud. */
  readonly graphUrl: string;
  /** `core.localhost` */
  readonly storageSuffix: string;
  /** `AzureEmulator`, or the named cloud: the name in `/metadata/endpoints`. */
  readonly cloudName: string;
  /** The cloud whose first-party names clients use. */
  readonly cloud: Cloud;
};

/** Defaults of the seeded cloud. */
export type CloudDefaults = {
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly location: string;
};

/**
 * Entra's RS256 token signing keys. The first is made in the background at start, so `current` may
 * wait for it.
 */
export type IssuerKeys = {
  current(): Promise<{ readonly kid: string; readonly privateKeyPem: string }>;
  /** All public keys for the JWKS document: kty, n, e, kid, use, alg. */
  publicJwks(): Promise<readonly JsonWebKey[]>;
  /** The public half of a key of this issuer, to check a token's signature. */
  find(kid: string): KeyObject | undefined;
  /** Adds a new key, which signs from now on. */
  rotate(): Promise<void>;
};

/**
 * The dependencies of every part: `createEntraRouter(deps)`, `createResourceManagerRouter(deps)`
 * and `createImdsRouter(deps)` return an `HttpHandler` (http/message.ts), which
 * create-azure-emulator.ts mounts by host.
 */
export type EmulatorDependencies = {
  readonly state: EmulatorState;
  /**
   * The emulator's clock: validity, retention, rotation, propagation. It can be moved by the
   * control API.
   */
  readonly now: () => number;
  /**
   * The machine's clock: tokens and assertions, since their clients judge them by their own clock.
   */
  readonly systemNow: () => number;
  readonly settings: () => Settings;
  readonly issuerKeys: IssuerKeys;
  readonly endpoints: Endpoints;
  readonly cloud: CloudDefaults;
  readonly faults: Faults;
  readonly log: Log;
  /** The vaults' own logs, in memory; in Azure a line may arrive ten minutes later. */
  readonly auditLog: AuditRecord[];
  /**
   * HTTPS to federated issuers: trusts the system's authorities, this emulator's own and
   * `issuerCa`; `*.localhost` resolves to loopback.
   */
  readonly fetchIssuerJson: (url: string) => Promise<unknown>;
  /**
   * The address of Microsoft.DataBox; undefined until set (ARM then answers 404 for that provider).
   */
  readonly dataBoxUpstream: () => DataBoxUpstream | undefined;
};

export type DataBoxUpstream = { readonly url: string; readonly ca?: string | undefined };
