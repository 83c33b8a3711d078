import { DataBoxManagementClient } from "@azure/arm-databox";
import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ClientSecretCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";

import type { StackClient, StackDescription } from "../core/stack-description.ts";
import { createSendJson, type SendJson } from "./send-json.ts";
import { createTransport } from "./transport.ts";

export type AzureClients = {
  readonly dataBox: DataBoxManagementClient;
  readonly vaults: KeyVaultManagementClient;
  readonly credential: ClientSecretCredential;
  keys(vaultUrl: string): KeyClient;
  /**
   * A call for which these SDKs have no client.
   *
   * @param path - with its api-version.
   * @throws {Error} when the answer is not a success.
   */
  readonly callResourceManager: SendJson;
  [Symbol.dispose](): void;
};

/** The unmodified Azure SDK clients of one caller, pointed at the stack. */
export function createAzureClients(
  stack: Pick<StackDescription, "armUrl" | "authorityUrl" | "subscriptionId" | "tenantId">,
  caPem: string,
  client: StackClient,
): AzureClients {
  const transport = createTransport(caPem);
  const options = { additionalPolicies: [...transport.policies] };
  const credential = new ClientSecretCredential(
    stack.tenantId,
    client.clientId,
    client.clientSecret,
    { ...options, authorityHost: stack.authorityUrl, disableInstanceDiscovery: true },
  );
  const arm = { ...options, endpoint: stack.armUrl };
  const send = createSendJson(transport, { credential, scopes: `${stack.armUrl}/.default` });
  return {
    credential,
    dataBox: new DataBoxManagementClient(credential, stack.subscriptionId, arm),
    vaults: new KeyVaultManagementClient(credential, stack.subscriptionId, arm),
    callResourceManager: (method, path, body) => send(method, `${stack.armUrl}${path}`, body),
    keys: (vaultUrl) => new KeyClient(vaultUrl, credential, options),
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}
