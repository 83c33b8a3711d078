export { type AzureClients, createAzureClients } from "./azure/clients.ts";
export type { OperatorClient } from "./azure/operator-client.ts";
export { createTransport, type Transport } from "./azure/transport.ts";
export type { StackEvent, Timed } from "./core/events.ts";
export type { StackDescription } from "./core/stack-description.ts";
export type { StackPerson, StackRole } from "./stack/directory.ts";
export { inThisProcess } from "./double/start-double.ts";
export { type Stack, type StackOptions, startStack } from "./stack/start-stack.ts";
export { type CustomerKey, createVaultAndKey } from "./story/key-steps.ts";
export { openParticipants, type Participants } from "./story/open-participants.ts";
export {
  createOrder,
  enableIdentity,
  type StoryOrder,
  useCustomerKey,
} from "./story/order-steps.ts";
export { sampleOrder } from "./story/sample-order.ts";
export { openAz } from "./use/open-az.ts";
