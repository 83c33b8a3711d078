import type { WrittenStep } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { SHOW_IDENTITY } from "./steps.ts";

const SHOW_STAGE = {
  text: "See the order's stage and the actions that it still allows",
  command:
    'az rest --method get --url "{orderId}?api-version=2022-12-01" --query "properties.[status,isCancellable,isDeletable]"',
} as const satisfies WrittenStep;

/** Actions that an order's stage or settings forbid. */
export const ORDER_ERRORS = {
  OrderStageForbids: refused(409, "order-owner", {
    title: "The order's stage does not allow this",
    message: "The order is in a stage that does not allow this",
    recoverable: "no",
    ask: "Ask the owner of order {orderName} for its stage and the actions that are still possible.",
    steps: [SHOW_STAGE],
    reasons: {
      cancel: {
        message: "The order can no longer be cancelled",
        why: "Cancelling is possible until the order is processed.",
        steps: [SHOW_STAGE, "Let the order run to its end, or send the appliance back empty"],
      },
      delete: {
        message: "The order cannot be deleted before it is completed or cancelled",
        recoverable: "yes",
        why: "An order whose appliance is in transit must not be removed.",
        steps: [
          SHOW_STAGE,
          {
            text: "If the order is still cancellable, cancel it first",
            command:
              'az rest --method post --url "{orderId}/cancel?api-version=2022-12-01" --body \'{"reason":"not needed"}\'',
          },
        ],
      },
      address: {
        message: "The shipping address can no longer be changed",
        why: "The address is fixed once the appliance is dispatched.",
        steps: [SHOW_STAGE, "Ask the carrier to redirect the parcel"],
      },
      encryption: {
        message: "The encryption of the order can no longer be changed",
        why: "The order was canceled or erased; there is no unlock key left to protect.",
      },
      policy: {
        message: "The unlock policy of the order can no longer be changed",
        why: "The order has ended: its appliances no longer get a key.",
      },
      credentials: {
        message: "The credentials of the order no longer exist",
        why: "The unlock key was destroyed when the appliance was erased or the order cancelled.",
      },
      certificate: {
        message: "The order is not erased, so it has no certificate of erasure",
        recoverable: "yes",
        who: "broker-operator",
        why: "The service signs the certificate when it destroys the unlock key of an order that has ended.",
      },
      unprepared: {
        message: "A node of the appliance has not reported that it is prepared",
        recoverable: "yes",
        who: "broker-operator",
        why: "A node that was never prepared cannot be unlocked at the customer's site.",
        steps: ["Prepare the nodes that are named, then dispatch again"],
      },
      unfilled: {
        message: "A node of the export has not reported that it was opened to be filled",
        recoverable: "yes",
        who: "broker-operator",
        why: "The data of an export is on the appliance before it leaves the datacenter.",
        steps: [
          {
            text: "Open the nodes that are named, copy the data, then dispatch again",
            command: "databox-agent unlock --purpose fill",
          },
        ],
      },
      mitigate: {
        message: "The order does not wait for a decision",
        why: "Only an order that has stopped and lists actions can be resumed or given up.",
      },
      transition: {
        message: "The order cannot move to that stage from its current one",
        who: "broker-operator",
        why: "Stages follow one another in a fixed order and none can be skipped.",
        steps: ["Read the order's stage and take the step that follows it"],
      },
    },
    why: "The stage of an order decides which actions are possible: an appliance on a truck cannot be cancelled.",
    meanwhile: "The order does not change and continues.",
    reproduce: 'az rest --method delete --url "{orderId}?api-version=2022-12-01"',
  }),
  InvalidMitigation: invalid(400, "order-owner", {
    title: "That decision is not offered",
    message: "The resolution is not one that the order offers",
    ask: "Ask the owner of order {orderName} to choose one of the actions that the order offers.",
    steps: [
      {
        text: "See which actions the order offers and choose one of them",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01&$expand=details" --query properties.details.actions',
      },
    ],
    why: "A resolution must be one of details.actions of the order at that moment.",
    meanwhile: "The order continues to wait.",
  }),
  IdentityUpdateInvalid: invalid(400, "order-owner", {
    title: "The change of identities is not valid",
    message: "The identities of the request do not fit together",
    ask: "Ask the owner of order {orderName} to correct the order's identities.",
    steps: [
      SHOW_IDENTITY,
      "Make the type and the list agree: UserAssigned needs at least one identity, and SystemAssigned or None takes none",
      "Keep the identity that uses the key, or change the key's identity in the same request",
    ],
    why: "The type and the list contradict each other, or the change would take away the identity that the key relies on.",
    meanwhile: "The order keeps the identities that it had.",
  }),
};
