import type { ErrorRow } from "../row.ts";
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
  "Unlocks are refused, and a node that is still open closes when it asks again. Nothing stored changes; the identity is looked for again at every try.";

/** Azure's codes for the identity that asks the vault. */
export const AZURE_IDENTITY_ERRORS = {
  SsemUserErrorSystemAssignedIdentityAbsent: {
    title: "The order has no system-assigned identity",
    message: "The system-assigned identity that should use the key does not exist",
    class: "refused",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to turn its system-assigned identity on, and your security administrator to grant it the key, then try again.",
    steps: [
      SHOW_IDENTITY,
      ENABLE_SYSTEM_IDENTITY,
      GRANT_NEW_BY_POLICY,
      GRANT_NEW_BY_ROLE,
      UNLOCK_AGAIN,
    ],
    reasons: {
      "not-enabled": {
        message:
          "The key is to be used by the order's system-assigned identity, which is not turned on",
        why: "The order's identity type does not include SystemAssigned.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"None"}}\'',
      },
      "identity-deleted": {
        message: "The order's system-assigned identity was deleted",
        steps: [
          DISABLE_SYSTEM_IDENTITY,
          ENABLE_SYSTEM_IDENTITY,
          GRANT_NEW_BY_POLICY,
          GRANT_NEW_BY_ROLE,
          UNLOCK_AGAIN,
        ],
        why: "The directory no longer knows the principal {principalId}. A new identity has a new principal, so what was granted to the old one does not help it.",
      },
    },
    why: "The vault is asked with the order's own identity, and the order has none that is alive.",
    meanwhile: MEANWHILE,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"identity":{"type":"None"}}\'',
  },
  SsemUserErrorUserAssignedIdentityAbsent: {
    title: "The user-assigned identity is missing",
    message: "The user-assigned identity that should use the key is not available to the order",
    class: "refused",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
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
        steps: [
          {
            text: "Add the federated credential (portal: managed identity > Federated credentials > Add > Other)",
            command:
              "az identity federated-credential create --name databox-cmk --identity-name {identityName} --resource-group {identityResourceGroup} --issuer {federationIssuer} --subject {federationSubject} --audiences api://AzureADTokenExchange",
          },
          UNLOCK_AGAIN,
        ],
        why: "The broker signs in as the identity by a token of its own issuer, which the identity must trust for this order (subject). No federated credential matches.",
        reproduce:
          "az identity federated-credential delete --yes --name databox-cmk --identity-name {identityName} --resource-group {identityResourceGroup}",
      },
    },
    why: "The identity was detached, deleted, or does not let the broker sign in for this order.",
    meanwhile: MEANWHILE,
    reproduce: "az identity delete --ids {identityId}",
  },
  SsemUserErrorUserAssignedLimitReached: {
    title: "Too many user-assigned identities",
    message: "The order cannot have more user-assigned identities",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to remove user-assigned identities that it does not need, then try again.",
    steps: [
      SHOW_IDENTITY,
      {
        text: "Detach identities that are not needed, by setting them to null in userAssignedIdentities; at most {maximumCount} are allowed (portal: order > Encryption > Select identity type)",
      },
    ],
    why: "Each order takes a limited number of user-assigned identities; only one of them can use the key.",
    meanwhile: "The change is not made; the order keeps the identities that it had.",
  },
  SsemUserErrorCrossTenantIdentityAccessForbidden: {
    title: "The identity belongs to another tenant",
    message: "The identity that should use the key belongs to another tenant",
    class: "refused",
    httpStatus: 400,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator for an identity in tenant {tenantId} that may use key {keyName}, then try again.",
    steps: [
      {
        text: "Agree with the order owner on an identity of this tenant, made as follows",
      },
      ...USE_ANOTHER_USER_IDENTITY,
      UNLOCK_AGAIN,
    ],
    why: "Managed identities stay behind when their subscription moves to another tenant; tokens of the old tenant are worth nothing in the new one.",
    meanwhile: MEANWHILE,
  },
  SsemUserErrorKekUserIdentityNotFound: {
    title: "The identity is not in the directory",
    message: "The directory does not know the user-assigned identity that should use the key",
    class: "refused",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to select another user-assigned identity, then try again.",
    steps: [
      {
        text: "List the identities that exist",
        command: "az identity list --query '[].id' --output tsv",
      },
      ...USE_ANOTHER_USER_IDENTITY,
      UNLOCK_AGAIN,
    ],
    why: "Microsoft Entra ID answered that the identity's application does not exist in the tenant (AADSTS700016): it was deleted from the directory.",
    meanwhile: MEANWHILE,
    reproduce: "az identity delete --ids {identityId}",
  },
} as const satisfies Record<string, ErrorRow>;
