import { type Cloud, regionOf, regionsOf } from "@databox-cmk/errors";

import { readJsonBody } from "../../http/json-body.ts";
import type { HttpRequest } from "../../http/message.ts";
import { gatewayError } from "../arm-error.ts";
import type { ArmPath } from "../resource-id.ts";

/**
 * A new order names a region of the cloud. The provider judges other values than texts.
 *
 * @throws ArmError LocationNotAvailableForResourceType, 400.
 */
export function requireLocation(
  request: HttpRequest,
  { segments }: Pick<ArmPath, "segments">,
  cloud: Cloud,
): void {
  if (request.method !== "PUT" || segments.length !== 2) return;
  const body = readJsonBody(request);
  const location = body.kind === "json" ? Object(body.value).location : undefined;
  if (typeof location !== "string" || regionOf(location, cloud) !== undefined) return;
  const regions = regionsOf(cloud).map(({ name }) => name);
  throw gatewayError(
    400,
    "LocationNotAvailableForResourceType",
    `The provided location '${location.slice(0, 90)}' is not available for resource type 'Microsoft.DataBox/jobs'. List of available regions for the resource type is '${regions.join(",")}'.`,
  );
}
