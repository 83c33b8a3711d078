import { type AzureClients, createAzureClients } from "../azure/clients.ts";
import { createOperatorClient, type OperatorClient } from "../azure/operator-client.ts";
import { createSendJson } from "../azure/send-json.ts";
import { createTransport } from "../azure/transport.ts";
import type { Stack } from "../stack/start-stack.ts";

/** The people of the story. */
export type Participants = {
  readonly customer: AzureClients;
  /** Entra object id of the customer's administrator, who makes the key. */
  readonly customerObjectId: string;
  readonly operator: OperatorClient;
  [Symbol.dispose](): void;
};

/**
 * Signs the customer's administrator and the datacenter's operator in, each with a client and
 * connections of their own.
 */
export function openParticipants(
  stack: Pick<Stack, "caPem" | "description" | "directory">,
): Participants {
  const { description, caPem, directory } = stack;
  const owner = directory.client("Owner");
  using opened = new DisposableStack();
  const customer = opened.use(createAzureClients(description, caPem, owner));
  const { credential } = opened.use(
    createAzureClients(description, caPem, directory.client("Datacenter Operator")),
  );
  const transport = opened.use(createTransport(caPem));
  const scopes = `${description.armUrl}/.default`;
  const send = createSendJson(transport, { credential, scopes });
  const operator = createOperatorClient(send, description.brokerUrl);
  const resources = opened.move();
  return {
    customer,
    customerObjectId: owner.objectId,
    operator,
    [Symbol.dispose]: () => resources.dispose(),
  };
}
