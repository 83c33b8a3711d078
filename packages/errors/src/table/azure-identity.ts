import type { WrittenStep } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import {
  DISABLE_SYSTEM_IDENTITY,
  ENABLE_SYSTEM_IDENTITY,
  GRANT_NEW_BY_POLICY,
  GRANT_NEW_BY_ROLE,
  SELECT_USER_IDENTITY,
  SHOW_IDENTITY,
  UNLOCK_AGAIN,
  USE_ANOTHER_USER_IDENTITY,
} from "./steps.ts";

const MEANWHILE =
  "Unlocks are refused, and an open node closes when it next contacts the broker. Nothing stored changes, and the broker looks for the identity again at every try.";

const ADD_FEDERATION = {
  text: "Add the federated credential (portal: managed identity > Federated credentials > Add > Other)",
  command:
    "az identity federated-credential create --name databox-cmk --identity-name {identityName} --resource-group {identityResourceGroup} --issuer {federationIssuer} --subject {federationSubject} --audiences {federationAudience}",
} as const satisfies WrittenStep;
const [CREATE_IDENTITY] = USE_ANOTHER_USER_IDENTITY;
const NAME_ANOTHER = {
  text: "Repeat the change with the id of that identity, after it was allowed to use the key",
  for: "order-owner",
} as const satisfies WrittenStep;
const LIST_IDENTITIES = {
  text: "List the identities that exist",
  command: "az identity list --query '[].id' --output tsv",
} as const satisfies WrittenStep;
const REPEAT_CHANGE = {
  text: "Repeat the change of the order",
  for: "order-owner",
} as const satisfies WrittenStep;

/** Azure's codes for the identity that asks the vault. */
export const AZURE_IDENTITY_ERRORS = {
  SsemUserErrorSystemAssignedIdentityAbsent: refused(400, "order-owner", {
    title: "The order has no system-assigned identity",
    message: "The system-assigned identity that should use the key does not exist",
    ask: "Ask the owner of order {orderName} to turn its system-assigned identity on, and your security administrator to grant it the key, then try again.",
    steps: [
      SHOW_IDENTITY,
      ENABLE_SYSTEM_IDENTITY,
      GRANT_NEW_BY_ROLE,
      GRANT_NEW_BY_POLICY,
      UNLOCK_AGAIN,
    ],
    reasons: {
      "not-enabled": {
        message: "The key needs the order's system-assigned identity, which is not turned on",
        why: "The order's identity type does not include SystemAssigned.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"None"}}\'',
      },
      "identity-deleted": {
        message: "The order's system-assigned identity was deleted",
        steps: [
          DISABLE_SYSTEM_IDENTITY,
          ENABLE_SYSTEM_IDENTITY,
          GRANT_NEW_BY_ROLE,
          GRANT_NEW_BY_POLICY,
          UNLOCK_AGAIN,
        ],
        why: "The directory no longer knows the principal {principalId}. A new identity has a new principal, so the rights of the old one do not apply to it.",
      },
    },
    why: "The broker calls the vault with the order's own identity, and the order has none that exists.",
    meanwhile: MEANWHILE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"None"}}\'',
  }),
  SsemUserErrorUserAssignedIdentityAbsent: refused(400, "order-owner", {
    title: "The user-assigned identity is missing",
    message: "The user-assigned identity that should use the key is not available to the order",
    ask: "Ask the owner of order {orderName} to attach a user-assigned identity that may use the key, then try again.",
    steps: [SHOW_IDENTITY, ...USE_ANOTHER_USER_IDENTITY, UNLOCK_AGAIN],
    reasons: {
      "not-attached": {
        message: "The user-assigned identity that should use the key is not attached to the order",
        steps: [SHOW_IDENTITY, SELECT_USER_IDENTITY, UNLOCK_AGAIN],
        why: "keyEncryptionKey names an identity that is not among the order's userAssignedIdentities.",
      },
      "identity-deleted": {
        message: "The user-assigned identity that should use the key was deleted",
        why: "Resource Manager no longer has the identity {identityId}.",
        reproduce: "az identity delete --ids {identityId}",
      },
      "federation-missing": {
        message: "The user-assigned identity does not trust the broker",
        who: "security-administrator",
        ask: "Ask your security administrator to let identity {identityName} trust the broker by a federated credential, then try again.",
        steps: [ADD_FEDERATION, UNLOCK_AGAIN],
        why: "The broker signs in as the identity with a token of its own issuer, which the identity must trust for this order (subject). No federated credential matches.",
        reproduce:
          "az identity federated-credential delete --yes --name databox-cmk --identity-name {identityName} --resource-group {identityResourceGroup}",
      },
      "federation-limit": {
        message: "The user-assigned identity has as many federated credentials as Azure allows",
        steps: [CREATE_IDENTITY, NAME_ANOTHER],
        why: "Each order needs a federated credential of its own, and Azure allows 20 for each identity. So one identity serves 20 orders.",
      },
      "identity-hidden": {
        message: "The broker may not read the user-assigned identity",
        who: "security-administrator",
        ask: "Ask your security administrator to let the broker read identity {identityName}, then try again.",
        steps: [
          "Assign Managed Identity Contributor on the identity to the broker's own identity, which then adds its federated credential itself; Reader is enough if you add it by the next step (portal: managed identity > Access control (IAM) > Add role assignment)",
          ADD_FEDERATION,
          REPEAT_CHANGE,
        ],
        why: "Resource Manager answered 403 to the broker for {identityId}, so the broker cannot learn its client id and principal.",
      },
      "identity-protected": {
        message: "Azure does not let the user-assigned identity be changed",
        who: "security-administrator",
        ask: "Ask your security administrator to remove the lock or the policy that protects identity {identityName} from changes, then try again.",
        steps: [
          "Remove the lock from the identity's resource group or subscription, or exempt the identity from the policy; the detail has Azure's code (portal: managed identity > Locks; Policy > Compliance)",
          ADD_FEDERATION,
          REPEAT_CHANGE,
        ],
        why: "Resource Manager refused the federated credential, for example with ScopeLocked or RequestDisallowedByPolicy.",
      },
    },
    why: "The identity was detached, deleted, or does not let the broker sign in for this order.",
    meanwhile: MEANWHILE,
    reproduce: "az identity delete --ids {identityId}",
  }),
  SsemUserErrorUserAssignedLimitReached: invalid(400, "order-owner", {
    title: "Too many user-assigned identities",
    message: "The order cannot have more user-assigned identities",
    ask: "Ask the owner of order {orderName} to remove user-assigned identities that it does not need, then try again.",
    steps: [
      SHOW_IDENTITY,
      "Detach identities that are not needed, by setting them to null in userAssignedIdentities; at most {maximumCount} are allowed (portal: order > Encryption > Select identity type)",
    ],
    why: "Each order can have a limited number of user-assigned identities; only one of them can use the key.",
    meanwhile: "The change is not made; the order keeps its current identities.",
  }),
  SsemUserErrorCrossTenantIdentityAccessForbidden: refused(400, "security-administrator", {
    title: "The identity belongs to another tenant",
    message: "The identity that should use the key belongs to another tenant",
    ask: "Ask your security administrator for an identity in tenant {tenantId} that may use key {keyName}, then try again.",
    steps: [
      "Agree with the order owner on an identity of this tenant, and create it as follows",
      ...USE_ANOTHER_USER_IDENTITY,
      UNLOCK_AGAIN,
    ],
    why: "Managed identities stay behind when their subscription moves to another tenant; tokens of the old tenant are not valid in the new one.",
    meanwhile: MEANWHILE,
  }),
  SsemUserErrorKekUserIdentityNotFound: refused(400, "order-owner", {
    title: "The identity is not in the directory",
    message: "The directory does not know the user-assigned identity that should use the key",
    ask: "Ask the owner of order {orderName} to select another user-assigned identity, then try again.",
    steps: [LIST_IDENTITIES, ...USE_ANOTHER_USER_IDENTITY, UNLOCK_AGAIN],
    reasons: {
      "not-found": {
        message: "There is no user-assigned identity of this id",
        ask: "Ask the owner of order {orderName} to name a user-assigned identity that exists, then try again.",
        steps: [LIST_IDENTITIES, NAME_ANOTHER],
        why: "Resource Manager does not know the identity that the change names.",
      },
    },
    why: "Microsoft Entra ID answered that the identity's application does not exist in the tenant (AADSTS700016): it was deleted from the directory.",
    meanwhile: MEANWHILE,
    reproduce: "az identity delete --ids {identityId}",
  }),
};
