import type { ErrorRow, Step } from "../row.ts";
import { SHOW_IDENTITY } from "./steps.ts";

const SHOW_STAGE = {
  text: "See in which stage the order is and what it still allows",
  command:
    'az rest --method get --url "{orderId}?api-version=2022-12-01" --query "properties.[status,isCancellable,isDeletable]"',
} as const satisfies Step;

/** What an order's stage or settings do not allow. */
export const ORDER_ERRORS = {
  OrderStageForbids: {
    title: "The order's stage does not allow this",
    message: "The order is in a stage that does not allow this",
    class: "refused",
    httpStatus: 409,
    who: "order-owner",
    recoverable: "no",
    ask: "Ask the owner of order {orderName} in which stage it is and what can still be done.",
    steps: [SHOW_STAGE],
    reasons: {
      cancel: {
        message: "The order can no longer be cancelled",
        why: "Cancelling is possible until the order is processed.",
        steps: [
          SHOW_STAGE,
          { text: "Let the order run to its end, or send the appliance back empty" },
        ],
      },
      delete: {
        message: "The order cannot be deleted before it is completed or cancelled",
        recoverable: "yes",
        why: "An order that has an appliance under way must not vanish.",
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
        steps: [SHOW_STAGE, { text: "Ask the carrier to redirect the parcel" }],
      },
      encryption: {
        message: "The encryption of the order can no longer be changed",
        why: "The order has ended; there is no unlock key left to protect.",
      },
      policy: {
        message: "The unlock policy of the order can no longer be changed",
        why: "The order has ended: its appliances get no key any more.",
      },
      credentials: {
        message: "The credentials of the order no longer exist",
        why: "The unlock key was destroyed when the appliance was erased or the order cancelled.",
      },
      mitigate: {
        message: "The order does not wait for a decision",
        why: "Only an order that has stopped and lists actions can be resumed or given up.",
      },
      transition: {
        message: "The order cannot go to that stage from where it is",
        who: "broker-operator",
        why: "Stages follow one another in a fixed order and none can be skipped.",
        steps: [{ text: "Read the order's stage and take the step that follows it" }],
      },
    },
    why: "What can be done with an order depends on its stage: an appliance on a truck cannot be cancelled.",
    meanwhile: "The order stays as it is and goes on.",
    reproduce: 'az rest --method delete --url "{orderId}?api-version=2022-12-01"',
  },
  InvalidMitigation: {
    title: "That decision is not offered",
    message: "The resolution is not one that the order offers",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to choose one of the actions that the order offers.",
    steps: [
      {
        text: "See which actions the order offers and choose one of them",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01&$expand=details" --query properties.details.actions',
      },
    ],
    why: "A resolution must be one of details.actions of the order at that moment.",
    meanwhile: "The order goes on waiting.",
  },
  IdentityUpdateInvalid: {
    title: "The change of identities is not valid",
    message: "The identities of the request do not fit together",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to correct the order's identities.",
    steps: [
      SHOW_IDENTITY,
      {
        text: "Make the type and the list agree: UserAssigned needs at least one identity, and SystemAssigned or None takes none",
      },
      {
        text: "Keep the identity that uses the key, or change the key's identity in the same request",
      },
    ],
    why: "The type and the list contradict each other, or the change would take away the identity that the key relies on.",
    meanwhile: "The order keeps the identities that it had.",
  },
} as const satisfies Record<string, ErrorRow>;
