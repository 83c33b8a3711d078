import { AppError } from "@databox-cmk/errors";
import {
  checkPasskey,
  type Custody,
  type JobWrite,
  type TransferType,
} from "@databox-cmk/protocol";

import { putFormerAside } from "../audit/former-chains.ts";
import { recorded } from "../audit/record.ts";
import { requireTenantOf } from "../callers/tenants.ts";
import { errorOf, valueOf } from "../core/failure-error.ts";
import { newJobDetails, sharePasswordsOf } from "../core/job-details.ts";
import { type OrderName, orderIdOf } from "../core/order.ts";
import { decideIdentities } from "../core/patch-identity.ts";
import { decideKeyChoice } from "../core/patch-key-choice.ts";
import { decideCustody } from "../core/unlock-policy.ts";
import type { KeyChanges } from "../custody/key-custody.ts";
import type { Store } from "../store/store.ts";
import type { Changing, Plane, RequestContext } from "./control-plane.ts";
import { readCustodyPolicy } from "./custody-policy.ts";
import { requireResourceGroup } from "./find-order.ts";
import { keySubjectOf } from "./key-subject.ts";
import { insertOperation, newOperation } from "./long-running-operations.ts";
import { readOrder } from "./read-order.ts";
import { realiseIdentities } from "./realise-identities.ts";
import { insertPolicy, insertOrder } from "./write-order.ts";

const DETAILS = "properties.details";
const SCHEDULE = "properties.deliveryInfo.scheduledDateTime";

/**
 * Places an order: checks everything first, and then writes it in one commit together with its key,
 * its custody and its operation.
 *
 * @returns id of the long-running operation.
 */
export async function createOrder(
  deps: Changing & Plane<"settings" | "identities"> & { readonly custody: KeyChanges },
  name: OrderName,
  written: JobWrite,
  transferType: TransferType,
  context: RequestContext,
): Promise<string> {
  const { custody, settings } = deps;
  checkWritten(written, transferType);
  requireResourceGroup(name.resourceGroup);
  const id = orderIdOf(name);
  if ((await readOrder(deps.store, id)) !== undefined)
    throw new AppError("ResourceAlreadyExists", { facts: { orderName: name.name } });

  const { details: writtenDetails, custody: writtenCustody } = written.properties;
  const chooseCustody = async (store: Store): Promise<Custody> => {
    const policy = await readCustodyPolicy(store, name.subscriptionId);
    return valueOf(decideCustody(writtenCustody, policy?.splitOnly === 1));
  };
  // Refuses before anything is made; the commit decides by the current policy then.
  await chooseCustody(deps.store);
  const scheduledDateTime = scheduleOf(written.properties);
  const details = newJobDetails(writtenDetails, transferType);
  const key = valueOf(
    decideKeyChoice(
      undefined,
      writtenDetails.keyEncryptionKey ?? {},
      settings.allowRevertToMicrosoftManaged,
    ),
  );
  const plan = valueOf(decideIdentities([], written.identity ?? { type: "None" }));
  const writtenLocation = written.location.replaceAll(" ", "");
  const location = writtenLocation.toLowerCase();
  const realised = await realiseIdentities(deps, { id, location, identityEpoch: 0 }, plan, context);
  const nowMs = deps.now();
  const passkey = Buffer.from(writtenDetails.devicePassword ?? "");
  const { name: skuName, ...sku } = written.sku;
  const order = {
    id,
    name,
    location,
    skuName,
    transferType,
    tags: written.tags ?? {},
    details,
    state: {
      sku,
      writtenLocation,
      scheduledDateTime,
      ownPasskey: passkey.length > 0,
      prepared: false,
    },
    stage: "DeviceOrdered",
    stageStatus: "Succeeded",
    identities: realised.identities,
    identityEpoch: realised.identityEpoch,
    createdAtMs: nowMs,
    createdBy: context.by,
    updatedAtMs: nowMs,
    updatedBy: context.by,
  } as const;
  const operation = newOperation("create");
  try {
    const subject = await keySubjectOf(deps, order);
    const ownPasskey =
      passkey.length > 0 ? valueOf(await custody.sealOwnPasskey(subject, key, passkey)) : undefined;
    const outcome = await custody.change(
      subject,
      key,
      context.actor,
      recorded(
        deps.appendAudit,
        { chain: id, action: "order/create", context },
        async (transaction) => {
          const home = settings.tenantId;
          const tenantId = context.own?.tenantId ?? home;
          await requireTenantOf(transaction, name.subscriptionId, tenantId, home);
          const chosen = await chooseCustody(transaction);
          await insertOrder(transaction, order);
          const former = await putFormerAside(transaction, deps.appendAudit, id);
          await realised.commit(transaction);
          if (ownPasskey !== undefined)
            await transaction
              .insertInto("own_passkeys")
              .values({ order_id: id, envelope_json: ownPasskey })
              .execute();
          if (chosen.kind === "split")
            await insertPolicy(transaction, id, {
              policy: { ...settings.defaultPolicy, custody: chosen },
              changedAtMs: nowMs,
              changedBy: context.by,
            });
          await insertOperation(transaction, id, operation, nowMs);
          return {
            detail: {
              sku: skuName,
              transferType,
              kekType: key.kekType,
              ...detailOf(chosen),
              ...former,
            },
          };
        },
      ),
      context.correlationId,
    );
    if (!outcome.ok) throw errorOf(outcome.failure);
  } catch (error) {
    await realised.abandon();
    throw error;
  } finally {
    passkey.fill(0);
  }
  return operation.id;
}

/** Escrow has one spelling, as in an envelope: it is not named. */
const detailOf = (custody: Custody) =>
  custody.kind === "escrow"
    ? {}
    : { custody: custody.kind, acceptNoRecovery: custody.acceptNoRecovery };

/** The models that an order of a sku can name. */
const MODELS_OF_SKU = {
  DataBox: ["DataBox", "AzureDataBox120", "AzureDataBox525"],
  DataBoxHeavy: ["DataBoxHeavy"],
} as const;

/** Rules for a new order that no schema can express. */
function checkWritten(written: JobWrite, transferType: TransferType): void {
  const { details, deliveryType } = written.properties;
  const scheduled = scheduleOf(written.properties);
  if (!/^[a-z0-9]{2,64}$/.test(written.location.replaceAll(" ", "").toLowerCase()))
    refuse("location", "location: expected the name of an Azure region");
  if (details.jobDetailsType !== written.sku.name)
    refuse(
      `${DETAILS}.jobDetailsType`,
      `jobDetailsType: expected ${written.sku.name}, the name of the sku`,
    );
  const { name: sku, model = sku } = written.sku;
  const models: readonly string[] = MODELS_OF_SKU[sku];
  if (!models.includes(model))
    refuse("sku.model", `model: ${model} is not a ${sku}; expected one of ${models.join(", ")}`);
  if (deliveryType === "Scheduled" && scheduled === undefined)
    refuse(SCHEDULE, "scheduledDateTime: required for a scheduled delivery");
  if (deliveryType === "NonScheduled" && scheduled !== undefined)
    refuse(SCHEDULE, "scheduledDateTime: only with deliveryType Scheduled");
  const other = transferType === "ImportToAzure" ? "dataExportDetails" : "dataImportDetails";
  if ((details[other] ?? []).length > 0)
    refuse(`${DETAILS}.${other}`, `${other}: not with transferType ${transferType}`);
  checkPasswords(written, transferType);
}

/**
 * The requested day of delivery. The smallest date, which every order without one carries, means
 * none.
 */
function scheduleOf({ deliveryInfo }: JobWrite["properties"]): string | undefined {
  const written = deliveryInfo?.scheduledDateTime;
  return written?.startsWith("0001-01-01") === true ? undefined : written;
}

function checkPasswords(written: JobWrite, transferType: TransferType): void {
  const { devicePassword } = written.properties.details;
  const passwords = [...sharePasswordsOf(written.properties.details)];
  if (devicePassword !== undefined && devicePassword !== "") {
    const target = `${DETAILS}.devicePassword`;
    if (transferType === "ExportFromAzure")
      throw new AppError("InvalidDevicePassword", {
        target,
        detail: "devicePassword: an export order generates its own",
      });
    passwords.push({ target, password: devicePassword });
  }
  for (const { target, password } of passwords) {
    const faults = checkPasskey(password);
    if (faults.length > 0)
      throw new AppError("InvalidDevicePassword", {
        target,
        detail: `${target.split(".").at(-1) ?? target}: ${faults.join(", ")}`,
      });
  }
}

function refuse(target: string, detail: string): never {
  throw new AppError("InvalidRequestContent", { target, detail });
}
