import type { WrittenStep } from "../row.ts";
import { invalid, pending } from "./classes.ts";
import { TRY_AGAIN } from "./steps.ts";

const LIST_ORDERS = {
  text: "List the orders of the resource group",
  command:
    'az rest --method get --url "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.DataBox/jobs?api-version=2022-12-01" --query "value[].name"',
} as const;

const RESUME_COPY = {
  text: "Resume the copy (portal: order > Resume the copy)",
  command:
    'az rest --method post --url "{orderId}/mitigate?api-version=2022-12-01" --body \'{"customerResolutionCode":"Resume"}\'',
} as const satisfies WrittenStep;
const GIVE_UP_DATA = {
  text: "Or give up the data on the appliance and have it erased (portal: order > Skip and erase data)",
  command:
    'az rest --method post --url "{orderId}/mitigate?api-version=2022-12-01" --body \'{"customerResolutionCode":"MoveToCleanUpDevice"}\'',
} as const satisfies WrittenStep;

/** Azure's codes for orders, seen in recordings and in the API's examples. */
export const AZURE_ORDER_ERRORS = {
  SsemUserErrorSecretsNotGenerated: pending(400, "nobody", {
    title: "There are no credentials yet",
    message: "The credentials of the order are not generated yet",
    ask: "Wait until the appliance of order {orderName} is prepared, then try again.",
    steps: [
      {
        text: "Wait until the order's status is DevicePrepared or later",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01" --query properties.status',
        for: "order-owner",
      },
      TRY_AGAIN,
    ],
    why: "The unlock key is made when the appliance is prepared. Before that there is nothing to show.",
    meanwhile: "Nothing changes; the order continues.",
    reproduce: 'az rest --method post --url "{orderId}/listCredentials?api-version=2022-12-01"',
  }),
  SsemUserErrorEntityNotFound: invalid(404, "order-owner", {
    title: "The order was not found",
    message: "The order cannot be found",
    ask: "Ask the order owner whether order {orderName} still exists and how it is spelt.",
    steps: [LIST_ORDERS],
    why: "The service no longer has an order of that name; it was deleted a moment ago.",
    meanwhile: "Nothing is changed.",
    reproduce: 'az rest --method get --url "{orderId}-x?api-version=2022-12-01"',
  }),
  SsemUserCopyErrorWaitingForAction: pending(409, "order-owner", {
    title: "The data copy waits for a decision",
    message: "The data copy has stopped and waits for the customer's decision",
    ask: "Ask the owner of order {orderName} to fix the problem that the order's error names and to resume the copy.",
    steps: [
      {
        text: "Find out what stopped the copy and fix it first",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01&$expand=details" --query properties.error',
      },
      RESUME_COPY,
      GIVE_UP_DATA,
    ],
    reasons: {
      mended: {
        message:
          "The key of the stopped data copy can be used again, and the copy waits for the customer's decision",
        steps: [RESUME_COPY, GIVE_UP_DATA],
      },
    },
    why: "The appliance came back and its unlock key could not be fetched, usually because the customer-managed key cannot be used. The order's error names the code.",
    meanwhile:
      "The copy is stopped; the appliance stays locked and nothing is erased until the order owner decides.",
  }),
};
