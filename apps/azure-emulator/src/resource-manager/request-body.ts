import { z } from "zod";

import { readJsonBody } from "../http/json-body.ts";
import type { HttpRequest } from "../http/message.ts";
import { ArmError } from "./arm-error.ts";

/**
 * The JSON body of a request in the shape of a schema. Members that a schema does not name are
 * dropped, as the providers do: a client of a newer api-version may send more than the emulator
 * knows.
 *
 * @throws ArmError 400 InvalidRequestContent that names the member.
 */
export function parseBody<Schema extends z.ZodType>(
  request: HttpRequest,
  schema: Schema,
): z.infer<Schema> {
  const body = readJsonBody(request);
  if (body.kind === "malformed") throw invalidContent(body.detail);
  if (body.kind === "empty") throw invalidContent("a JSON body is required");
  const parsed = schema.safeParse(body.value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalidContent(`${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid"}`);
}

function invalidContent(detail: string): ArmError {
  return new ArmError(
    400,
    "InvalidRequestContent",
    `The request content was invalid and could not be deserialized: '${detail}'.`,
  );
}

/** ARM: at most 50 tags, names to 512 and values to 256 characters. */
export const tagsSchema = z
  .record(z.string().min(1).max(512), z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 50, "at most 50 tags");

/** Azure takes `West US` for `westus`. */
export const locationSchema = z
  .string()
  .min(1)
  .max(90)
  .transform((location) => location.toLowerCase().replaceAll(" ", ""));
