import type { Fault, FaultContext } from "../fault.ts";
import { changePolicy, choiceOf, makeIdentity, mustAccept } from "../world/site.ts";
import { answer, clear, entraAnswers, expireToken } from "./shorthand.ts";

const EVERYWHERE = ["validate", "credentials", "unlock"] as const;
const SERVICE_RESOURCE_GROUP = "databox-service";
const owner = { class: "refused", who: "order-owner", shownBy: EVERYWHERE } as const;
const waiting = {
  code: "IdentityProviderUnreachable",
  class: "unreachable",
  who: "nobody",
} as const;

/** The identity that calls the vault, and its issuer. */
export const IDENTITY_FAULTS: readonly Fault[] = [
  {
    row: 23,
    name: "the order's system-assigned identity is turned off",
    code: "SsemUserErrorSystemAssignedIdentityAbsent",
    reason: "not-enabled",
    ...owner,
    site: "policies",
    make: ({ world, site }) => mustAccept(world, site.order.id, { identity: { type: "None" } }),
    cure: (context) => renewIdentity(context),
  },
  {
    row: 23,
    name: "the order's system-assigned identity is deleted",
    code: "SsemUserErrorSystemAssignedIdentityAbsent",
    reason: "identity-deleted",
    ...owner,
    site: "policies",
    make: async ({ world, site }) => {
      const found =
        world.identities.userAssignedIdentities.listByResourceGroup(SERVICE_RESOURCE_GROUP);
      for await (const { name, principalId } of found)
        if (principalId === site.principalId() && name !== undefined)
          await world.identities.userAssignedIdentities.delete(SERVICE_RESOURCE_GROUP, name);
      await expireToken({ world, site });
    },
    cure: async (context) => {
      const { world, site } = context;
      await clear(context);
      await mustAccept(world, site.order.id, { identity: { type: "None" } });
      await renewIdentity(context);
    },
  },
  {
    row: 24,
    name: "the user-assigned identity is detached",
    code: "SsemUserErrorUserAssignedIdentityAbsent",
    reason: "not-attached",
    ...owner,
    site: "user",
    make: ({ world, site }) =>
      mustAccept(world, site.order.id, { identity: { type: "SystemAssigned" } }),
    cure: ({ world, site }) => selectIdentity({ world, site }, site.identityId ?? ""),
  },
  {
    row: 24,
    name: "the user-assigned identity no longer trusts the broker",
    code: "SsemUserErrorUserAssignedIdentityAbsent",
    reason: "federation-missing",
    class: "refused",
    who: "security-administrator",
    site: "user",
    shownBy: EVERYWHERE,
    make: async ({ world, site }) => {
      const { federatedIdentityCredentials } = world.identities;
      const { resourceGroup, identityName } = placeOf(site.identityId);
      for await (const { name } of federatedIdentityCredentials.list(resourceGroup, identityName))
        await federatedIdentityCredentials.delete(resourceGroup, identityName, name ?? "");
      await expireToken({ world, site });
    },
    cure: async ({ world, site }) => {
      const { resourceGroup, identityName } = placeOf(site.identityId);
      await world.identities.federatedIdentityCredentials.createOrUpdate(
        resourceGroup,
        identityName,
        "databox-cmk",
        {
          issuer: world.stack.description.brokerUrl,
          subject: site.order.id.toLowerCase(),
          audiences: ["api://AzureADTokenExchange"],
        },
      );
      await clear({ world, site });
    },
  },
  {
    row: 25,
    name: "the user-assigned identity is deleted",
    code: "SsemUserErrorKekUserIdentityNotFound",
    ...owner,
    site: "user",
    make: async ({ world, site }) => {
      const { resourceGroup, identityName } = placeOf(site.identityId);
      await world.identities.userAssignedIdentities.delete(resourceGroup, identityName);
      await expireToken({ world, site });
    },
    cure: async ({ world, site }) => {
      await clear({ world, site });
      const { resourceGroup, location } = world.stack.description;
      const made = await world.identities.userAssignedIdentities.createOrUpdate(
        resourceGroup,
        `${placeOf(site.identityId).identityName}-2`,
        { location },
      );
      site.usePrincipal(made.principalId ?? "");
      await changePolicy(world, site, "add", site.principalId());
      await selectIdentity({ world, site }, made.id ?? "");
    },
  },
  ...(
    [
      ["answers 503", { kind: "status", status: 503 }],
      ["breaks the connection", { kind: "connection-reset" }],
      ["answers with something else", { kind: "garbage-body" }],
    ] as const
  ).map(([what, effect]): Fault => ({
    row: 27,
    name: `Entra ID ${what}`,
    ...waiting,
    reason: "entra",
    site: "policies",
    shownBy: EVERYWHERE,
    make: entraAnswers(effect),
    cure: clear,
  })),
  {
    name: "the service's own key is refused to the broker",
    code: "PasskeyUnavailable",
    class: "internal",
    who: "broker-operator",
    site: "service",
    shownBy: ["credentials", "unlock"],
    make: async ({ world }) => {
      await world.addFault(
        { service: "key-vault", vault: "databoxservice" },
        answer(403, "Forbidden", { innerCode: "ForbiddenByPolicy" }),
      );
    },
    cure: ({ world }) => world.clearFaults(),
  },
];

async function renewIdentity({ world, site }: FaultContext): Promise<void> {
  site.usePrincipal(await makeIdentity(world, site.order.id));
  await changePolicy(world, site, "add", site.principalId());
}

function selectIdentity({ world, site }: FaultContext, identityId: string): Promise<void> {
  return mustAccept(world, site.order.id, {
    identity: { type: "UserAssigned", userAssignedIdentities: { [identityId]: {} } },
    properties: { details: { keyEncryptionKey: choiceOf(site, identityId) } },
  });
}

function placeOf(identityId = ""): { resourceGroup: string; identityName: string } {
  const segments = identityId.split("/");
  return { resourceGroup: segments[4] ?? "", identityName: segments.at(-1) ?? "" };
}
