import type { WrittenStep } from "../row.ts";
import { refused } from "./classes.ts";
import {
  CONTACT_BROKER_OPERATOR,
  GRANT_BY_POLICY,
  GRANT_BY_ROLE,
  SHOW_VAULT,
  UNLOCK_AGAIN,
  WAIT_FOR_PROPAGATION,
} from "./steps.ts";

const ALLOW_ADDRESS = {
  text: "Add the broker's address to the vault's firewall; it is needed with either type of identity, and the broker's operator knows it (portal: key vault > Networking > Firewall)",
  command: "az keyvault network-rule add --name {vaultName} --ip-address {brokerAddress}",
  needs: "brokerAddress",
} as const satisfies WrittenStep;

/** The vault was reached and refused this identity, this address or this operation. */
export const AZURE_VAULT_ACCESS_ERRORS = {
  SsemUserErrorKeyVaultBadRequestException: refused(400, "security-administrator", {
    title: "The vault refused access to the key",
    message: "The key vault refused access to the customer-managed key",
    ask: "Ask your security administrator to let the order's identity {principalId} use key {keyName} in vault {vaultName}, then try again.",
    steps: [SHOW_VAULT, GRANT_BY_ROLE, GRANT_BY_POLICY, WAIT_FOR_PROPAGATION, UNLOCK_AGAIN],
    reasons: {
      "access-policy": {
        message: "The vault's access policies do not let the order's identity use the key",
        ask: "Ask your security administrator to grant Get, Wrap Key and Unwrap Key in vault {vaultName} to identity {principalId}, then try again.",
        steps: [GRANT_BY_POLICY, WAIT_FOR_PROPAGATION, UNLOCK_AGAIN],
        why: "The vault uses access policies and none grants get, wrapKey and unwrapKey to the order's identity (inner code ForbiddenByPolicy or AccessDenied).",
        reproduce: "az keyvault delete-policy --name {vaultName} --object-id {principalId}",
      },
      role: {
        message: "No role assignment lets the order's identity use the key",
        ask: "Ask your security administrator to assign Key Vault Crypto Service Encryption User on vault {vaultName} to identity {principalId}, then try again.",
        steps: [GRANT_BY_ROLE, WAIT_FOR_PROPAGATION, UNLOCK_AGAIN],
        why: "The vault uses Azure RBAC and no role assignment covers the operation (inner code ForbiddenByRbac). A recovered vault has lost its role assignments: assign the role again.",
        reproduce:
          "az role assignment delete --assignee {principalId} --role 'Key Vault Crypto Service Encryption User' --scope {vaultId}",
      },
      firewall: {
        message: "The vault's firewall does not admit the broker",
        ask: "Ask your security administrator to admit the broker's address[ {brokerAddress}] to the firewall of vault {vaultName}, then try again.",
        steps: [ALLOW_ADDRESS, WAIT_FOR_PROPAGATION, UNLOCK_AGAIN],
        why: "The vault's default network action is Deny and no rule admits the broker's address (inner code ForbiddenByFirewall). The firewall judges the caller's address, so it refuses a system-assigned identity as it refuses a user-assigned one.",
        reproduce: "az keyvault update --name {vaultName} --default-action Deny --bypass None",
      },
      "public-access-disabled": {
        message: "The vault does not accept calls from public networks",
        ask: "Ask your security administrator to open a network path from the broker to vault {vaultName}, then try again.",
        steps: [
          "Either connect the broker's network to the vault by a private endpoint and approve it (portal: key vault > Networking > Private endpoint connections)",
          {
            text: "Or allow public access, restricted to the broker's address: first the restriction",
            command:
              "az keyvault update --name {vaultName} --default-action Deny --public-network-access Enabled",
          },
          {
            text: "Then unlock again: the firewall's refusal names the broker's address and how to admit it",
            command: "databox-agent unlock",
            for: "site-operator",
          },
        ],
        why: "publicNetworkAccess is Disabled and the call did not come through an approved private link (inner code ForbiddenByConnection).",
        reproduce: "az keyvault update --name {vaultName} --public-network-access Disabled",
      },
      "key-operation": {
        message: "The key does not permit wrapping and unwrapping",
        ask: "Ask your security administrator to permit wrapKey and unwrapKey on key {keyName} in vault {vaultName}, then try again.",
        steps: [
          {
            text: "Permit the two operations on this key version; also name any others that the key needs, because the list is replaced",
            command:
              "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --ops wrapKey unwrapKey",
          },
          UNLOCK_AGAIN,
        ],
        why: "The version's key_ops lacks wrapKey or unwrapKey (inner code KeyOperationForbidden).",
        reproduce:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --ops sign verify",
      },
      "access-unspecified": {
        message: "The vault refused access for an unknown reason",
        steps: [
          SHOW_VAULT,
          GRANT_BY_ROLE,
          GRANT_BY_POLICY,
          UNLOCK_AGAIN,
          { text: CONTACT_BROKER_OPERATOR, for: "site-operator" },
        ],
        why: "The vault answered 403 with an inner code that is not in our table. The code and the vault's request id are in the broker's log.",
      },
    },
    why: "The vault answered 403 to the order's identity. Get, Wrap Key and Unwrap Key must stay granted for the whole order, since the key is needed again when the data is copied.",
    meanwhile:
      "Unlocks are refused, and an open node closes when it next contacts the broker. Nothing stored changes, and the vault is called again at every try.",
    reproduce: "az keyvault delete-policy --name {vaultName} --object-id {principalId}",
    articleCorrection:
      "The article of 2025-03-06 is right that a firewall is one cause of this code. Its remedy is to switch to a system-assigned identity and then to add the key; follow it for an order in Azure Data Box itself. Here it changes nothing: the broker calls the vault from its own address with either type of identity, so admit that address, or connect the broker through a private endpoint. Older versions of the article advise allowing trusted Microsoft services. Key Vault's list of those has Azure Import/Export but not Data Box, so this alone does not admit the broker either.",
  }),
};
