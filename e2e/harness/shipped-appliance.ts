import type { DeviceEmulator, Sku } from "@databox-cmk/device-emulator";
import {
  type CustomerKey,
  enableIdentity,
  sampleOrder,
  type StoryOrder,
  useCustomerKey,
} from "@databox-cmk/local-stack";
import { unlockPolicyView } from "@databox-cmk/protocol";

import { prepareNode } from "./nodes.ts";
import type { World } from "./open-world.ts";
import { callOrder } from "./order-actions.ts";

/** An order by its owner's script. */
export async function placeOrder(
  { customerContext: { customer, stack } }: World,
  name: string,
  sku: Sku = "DataBox",
): Promise<StoryOrder> {
  const { id } = await customer.dataBox.jobs.beginCreateAndWait(
    stack.resourceGroup,
    name,
    sampleOrder(stack, sku),
    { updateIntervalInMs: 20 },
  );
  if (id === undefined) throw new Error("the new order has no id");
  return { id, name };
}

/** An export order of all that a storage account holds, as {@link placeOrder}. */
export async function placeExport(
  { customerContext: { customer, stack } }: World,
  name: string,
): Promise<StoryOrder> {
  const { details, ...order } = sampleOrder(stack, "DataBox");
  if (details === undefined) throw new Error("the sample has no details");
  const { dataImportDetails = [], ...rest } = details;
  const include = {
    dataAccountType: "StorageAccount",
    transferAllBlobs: true,
    transferAllFiles: true,
  } as const;
  const { id = "" } = await customer.dataBox.jobs.beginCreateAndWait(
    stack.resourceGroup,
    name,
    {
      ...order,
      transferType: "ExportFromAzure",
      details: {
        ...rest,
        dataExportDetails: dataImportDetails.map(({ accountDetails }) => ({
          accountDetails,
          transferConfiguration: {
            transferConfigurationType: "TransferAll",
            transferAllDetails: { include },
          },
        })),
      },
    },
    { updateIntervalInMs: 20 },
  );
  return { id, name };
}

/** Makes the order's appliance in the datacenter: its nodes prepared, switched on. */
export async function prepareAppliance(
  world: World,
  { id }: StoryOrder,
  serials: readonly string[],
): Promise<DeviceEmulator> {
  const appliance = world.createAppliance(
    serials.length === 1 ? "DataBox" : "DataBoxHeavy",
    serials,
  );
  const codes = await world.operator.prepare(id, serials);
  appliance.powerOn();
  for (const { serial, enrolmentCode } of codes)
    await prepareNode(world, appliance.node(serial), id, enrolmentCode);
  return appliance;
}

/** Puts the order under a new key of the customer's own. */
export async function takeOwnKey(
  world: World,
  order: StoryOrder,
  vaultName: string,
): Promise<CustomerKey> {
  const key = await world.createVault(vaultName);
  await key.grant(await enableIdentity(world.customerContext, order));
  await useCustomerKey(world.customerContext, order, key);
  return key;
}

/** The order's owner adds a recovery key, and then chooses split custody. */
export async function chooseSplitCustody(
  world: World,
  order: StoryOrder,
  publicKey: string,
  acceptNoRecovery = false,
): Promise<void> {
  await callOrder(world, order, "PUT", "backupKeys/offline", { kind: "RecoveryKey", publicKey });
  const { text } = await callOrder(world, order, "GET", "unlockPolicy");
  const policy = unlockPolicyView.parse(JSON.parse(text));
  const custody = { kind: "split", acceptNoRecovery };
  await callOrder(world, order, "PUT", "unlockPolicy", { ...policy, custody });
}

/** From the datacenter to the customer, where it boots locked. */
export async function shipAppliance(
  { operator }: World,
  { id }: StoryOrder,
  appliance: DeviceEmulator,
): Promise<void> {
  await operator.advance(id, "dispatch");
  await operator.advance(id, "deliver");
  await travel(appliance);
}

/** From the datacenter to the customer, or back. */
export async function travel(appliance: DeviceEmulator): Promise<void> {
  await appliance.powerOff();
  appliance.powerOn();
}
