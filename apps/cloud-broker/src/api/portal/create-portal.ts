import type { StaticSite } from "@databox-cmk/http";
import { SESSION_CALLS, type SessionView } from "@databox-cmk/protocol";

import type { AppendAudit } from "../../audit/append-audit.ts";
import { type Auditing, note } from "../../audit/record.ts";
import type { FetchByAgent } from "../../azure/fetch-by-agent.ts";
import { createMayWatch, type StillMay } from "../../callers/has-access.ts";
import type { ReadConnected, TenantOf } from "../../callers/tenants.ts";
import type { VerifyToken } from "../../callers/verify-token.ts";
import type { BrokerConfig } from "../../config/config.ts";
import type { Notices } from "../../events/open-notices.ts";
import type {
  Caller,
  IdentifySession,
  ReadonlyView,
  ServedRoute,
  SessionRequest,
} from "../../http/route.ts";
import { createCallAzure } from "./call-azure.ts";
import { createEvents, type PortalEvents, createEventRoutes } from "./events/create-events.ts";
import { createForwardRoutes, type ForwardDependencies } from "./forward-routes.ts";
import { createIdentifySession } from "./identify-session.ts";
import type { IdentityProvider } from "./identity-provider.ts";
import { createNameClaims } from "./name-claims.ts";
import { createChoiceRoutes } from "./notices/choice-routes.ts";
import { createNoticeRoutes } from "./notices/notice-routes.ts";
import { forgetReads, type NoticeDependencies } from "./notices/read-notices.ts";
import { createOwnApiRoutes, createPermissionRoutes, pageRoute } from "./own-api-routes.ts";
import { createSeal } from "./seal.ts";
import { createSessions } from "./sessions.ts";
import { createSignInRoutes } from "./sign-in-routes.ts";
import { createStaticRoutes } from "./static-routes.ts";
import { createUserTokens } from "./user-tokens.ts";

/** The portal's external dependencies; absent: the broker serves no portal. */
export type PortalParts = {
  readonly provider: IdentityProvider;
  /** 32 bytes, shared by all replicas. */
  readonly sealingKey: Uint8Array;
  /** Calls to Azure, by the broker's own trust and name resolution. */
  readonly fetch: FetchByAgent;
  /** Absent: another server serves the pages. */
  readonly site?: StaticSite | undefined;
};

export type Portal = {
  readonly routes: readonly ServedRoute[];
  readonly identify: IdentifySession;
  readonly events: PortalEvents;
  /** Deletes ended sessions, expired claims, and marks of notices that were read long ago. */
  sweep(): Promise<void>;
};

/**
 * @param dependencies.api - the broker's own routes, which pages call as the person of their
 * session
 */
export function createPortal(
  { provider, sealingKey, fetch, site }: PortalParts,
  dependencies: {
    readonly api: readonly ServedRoute[];
    readonly config: BrokerConfig;
    readonly verifyToken: VerifyToken;
    readonly tenantOf: TenantOf;
    readonly readConnected: ReadConnected;
    readonly maySomewhere: StillMay;
    readonly notices: Notices;
    readonly appendAudit: AppendAudit;
  } & NoticeDependencies,
): Portal {
  const { config, store, verifyToken, tenantOf, readConnected, hasAccess, now } = dependencies;
  const seal = createSeal(sealingKey);
  const sessions = createSessions({ store, seal, now });
  const claims = createNameClaims({ store, now });
  const tokens = createUserTokens({ sessions, provider, now });
  const events = createEvents({
    store,
    sessions,
    now,
    mayRead: createMayWatch(hasAccess, tenantOf),
  });
  const tenancyOf = async ({ own }: Caller) => {
    if (own !== undefined) return "customer";
    return (await readConnected()).size === 0 ? "only" : "home";
  };
  return {
    events,
    routes: [
      ...createSignInRoutes({ ...dependencies, provider, sessions, seal }),
      createSessionRoute(tenancyOf, {
        tenantId: config.TENANT_ID,
        armUrl: config.ARM_URL,
        brokerUrl: config.BROKER_URL,
        vaultSuffixes: config.KEY_VAULT_SUFFIXES,
        readsAccounts: config.READ_ACCOUNTS,
      }),
      ...createPermissionRoutes(hasAccess),
      ...createEventRoutes(events),
      ...createNoticeRoutes(dependencies),
      ...createChoiceRoutes(dependencies),
      ...createOwnApiRoutes(dependencies.api),
      ...createForwardRoutes({
        armUrl: config.ARM_URL,
        graphUrl: config.GRAPH_URL,
        keyVaultSuffixes: config.KEY_VAULT_SUFFIXES,
        tokens,
        claims,
        callAzure: createCallAzure(fetch),
        written: createWriteAudit(dependencies),
      }),
      // Last, since it matches any path.
      ...(site === undefined ? [] : createStaticRoutes(site)),
    ],
    identify: createIdentifySession({
      sessions,
      tokens,
      verifyToken,
      portalUrl: config.BROKER_URL,
    }),
    async sweep() {
      await sessions.forgetExpired();
      await claims.forgetExpired();
      await forgetReads(store, now());
    },
  };
}

/**
 * Changes that people made in Azure through the portal: who, from where, by which call. Azure's own
 * log has the rest.
 */
function createWriteAudit(auditing: Auditing): ForwardDependencies["written"] {
  return async (
    { caller: { objectId, name }, address, requestId: correlationId, method }: SessionRequest,
    template,
    status,
  ) => {
    const actor = { kind: "caller", objectId, name, address } as const;
    await note(
      auditing,
      { chain: "broker", action: "portal/forward", context: { actor, correlationId } },
      {
        outcome: status < 400 ? "granted" : "refused",
        detail: { method, call: template, status },
      },
    );
  };
}

const createSessionRoute = (
  tenancyOf: (caller: Caller) => Promise<SessionView["tenancy"]>,
  settings: ReadonlyView<
    Pick<SessionView, "tenantId" | "armUrl" | "brokerUrl" | "vaultSuffixes" | "readsAccounts">
  >,
): ServedRoute =>
  pageRoute(SESSION_CALLS.read, async ({ caller, session }) => ({
    ...settings,
    name: session.content.name,
    userName: caller.name,
    objectId: caller.objectId,
    roles: caller.roles,
    csrfToken: session.csrfToken,
    expiresAt: new Date(session.expiresAtMs).toISOString(),
    tenantId: caller.own?.tenantId ?? settings.tenantId,
    tenancy: await tenancyOf(caller),
  }));
