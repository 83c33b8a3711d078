import type { Calls } from "../call.ts";
import { PATHS } from "./paths.ts";
import {
  availableSkusRequest,
  regionConfigurationRequest,
  validateAddressRequest,
  validateInputsRequest,
} from "./service-requests.ts";
import {
  availableSkusResult,
  operationList,
  regionConfigurationResponse,
  validateAddressResponse,
  validateInputsResponse,
} from "./service-views.ts";

const of = <Location extends string>(location: Location) =>
  ({
    validateInputs: {
      at: ["POST", `${location}/validateInputs`],
      body: validateInputsRequest,
      answers: { 200: validateInputsResponse },
    },
    regionConfiguration: {
      at: ["POST", `${location}/regionConfiguration`],
      body: regionConfigurationRequest,
      answers: { 200: regionConfigurationResponse },
    },
    availableSkus: {
      at: ["POST", `${location}/availableSkus`],
      body: availableSkusRequest,
      answers: { 200: availableSkusResult },
    },
  }) as const satisfies Calls;

/** Information before an order is placed, in both scopes. */
export const LOCATION_CALLS = {
  ofSubscription: of(PATHS.subscriptionLocation),
  ofGroup: of(PATHS.groupLocation),
} as const;

export const SERVICE_CALLS = {
  validateAddress: {
    at: ["POST", `${PATHS.subscriptionLocation}/validateAddress`],
    body: validateAddressRequest,
    answers: { 200: validateAddressResponse },
  },
  pollOperation: {
    at: ["GET", `${PATHS.subscriptionLocation}/operationResults/:operationId`],
    answers: { 202: undefined, 204: undefined },
  },
  listOperations: { at: ["GET", `${PATHS.provider}/operations`], answers: { 200: operationList } },
} as const satisfies Calls;
