import { join } from "node:path";

import { DataBoxManagementClient } from "@azure/arm-databox";
import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import { createDeviceEmulator, type DeviceEmulator, type Sku } from "@databox-cmk/device-emulator";
import {
  createTransport,
  createVaultAndKey,
  type CustomerKey,
  openParticipants,
  type Participants,
  type Stack,
  type StackOptions,
  startStack,
} from "@databox-cmk/local-stack";
import { COMPILED_ONCE, openTemporaryFolder } from "@databox-cmk/testkit";

import { BROKER } from "./programs.ts";

/**
 * A stack of its own on free ports, and the people of the story. Closing it ends every process and
 * removes every file.
 */
export type World = Participants & {
  readonly stack: Stack;
  readonly folder: string;
  /**
   * The context of the customer's steps of the story; nothing is printed, and a failed call is not
   * repeated.
   */
  readonly customerContext: Parameters<typeof createVaultAndKey>[0];
  createVault(name: string): Promise<CustomerKey>;
  /** A software appliance, switched off, that has never heard of the broker. */
  createAppliance(sku: Sku, serials: readonly string[]): DeviceEmulator;
  [Symbol.asyncDispose](): Promise<void>;
};

const silent = (): void => undefined;

export async function openWorld(
  configure: (folder: string) => Partial<StackOptions> = () => ({}),
): Promise<World> {
  await using opened = new AsyncDisposableStack();
  const { path: folder } = opened.use(openTemporaryFolder());
  const configured = configure(folder);
  const stack = await startStack({
    directory: folder,
    ports: { emulator: 0, broker: 0, imds: 0, dns: 0 },
    brokerMain: BROKER,
    ...configured,
    // The story's clients poll as fast as they can.
    brokerEnvironment: {
      ...COMPILED_ONCE,
      LRO_RETRY_AFTER_SECONDS: "0",
      ...configured.brokerEnvironment,
    },
  });
  opened.defer(() => stack.close());
  const participants = opened.use(openParticipants(stack));
  const { policies } = opened.use(createTransport(stack.caPem));
  const { description } = stack;
  const customerContext = {
    stack: description,
    customerObjectId: participants.customerObjectId,
    report: silent,
    customer: {
      ...participants.customer,
      dataBox: new DataBoxManagementClient(
        participants.customer.credential,
        description.subscriptionId,
        {
          endpoint: description.armUrl,
          additionalPolicies: [...policies],
          retryOptions: { maxRetries: 0 },
        },
      ),
    },
  };
  const resources = opened.move();
  return {
    ...participants,
    stack,
    folder,
    customerContext,
    createVault: (name) => createVaultAndKey(customerContext, name),
    createAppliance: (sku, serials) =>
      createDeviceEmulator({
        directory: join(folder, "appliances", serials.join("-")),
        agentCommand: agentCommand(AGENT_BUNDLE),
        sku,
        serials,
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
