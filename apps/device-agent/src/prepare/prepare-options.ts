import { AppError } from "@databox-cmk/errors";
import { asciiLowerCase, base64url, orderId, parseWith, serial } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { PrepareArguments } from "../core/command.ts";
import { OTHER_BROKERS_MAX } from "../core/settings.ts";
import { PCRS, TCTI } from "../core/tpm-key.ts";

const ORDER_FORM =
  "the order's resource id, /subscriptions/{id}/resourceGroups/{group}/providers/Microsoft.DataBox/jobs/{name}";

/** @throws {AppError} `Misuse` that names the option */
export function checkPrepareArguments(given: PrepareArguments): PrepareArguments {
  if (given.keepVolume && given.formatExisting)
    throw new AppError("Misuse", {
      detail: "--keep-volume and --format-existing exclude each other",
    });
  if (given.keepVolume && given.recoveryKeys !== undefined)
    throw new AppError("Misuse", {
      detail: "--recovery-keys: --keep-volume copies no share; name the keys at the first re-key",
    });
  const { tcti, pcrs } = given.deviceKey;
  if (!TCTI.test(tcti))
    throw new AppError("Misuse", { detail: "--tpm: expected device:/dev/… or swtpm:…" });
  if (pcrs !== undefined && !PCRS.test(pcrs))
    throw new AppError("Misuse", { detail: "--tpm-pcrs: expected sha256:7, sha256:4,7 or none" });
  const [broker = "", ...otherBrokers] = checkBrokers([
    given.broker,
    ...(given.otherBrokers ?? []),
  ]);
  return {
    ...given,
    broker,
    otherBrokers: otherBrokers.length === 0 ? undefined : otherBrokers,
    // ARM ids ignore case; the signed form has one spelling.
    order: check("--order", ORDER_FORM, orderId, asciiLowerCase(given.order)),
    serial: check("--serial", "3 to 64 letters, digits and hyphens", serial, given.serial),
  };
}

export function checkEnrolmentCode(text: string): string {
  return check("enrolment code", "the code as it was given", base64url(64), text.trim());
}

function check(name: string, form: string, schema: z.ZodMiniType<string>, value: string): string {
  const parsed = parseWith(schema, value);
  if (parsed.ok) return parsed.value;
  throw new AppError("Misuse", { detail: `${name}: expected ${form}` });
}

/** @throws {AppError} `Misuse` */
export function checkBrokers(urls: readonly string[]): string[] {
  if (urls.length > OTHER_BROKERS_MAX + 1)
    throw new AppError("Misuse", {
      detail: `--broker: at most ${String(OTHER_BROKERS_MAX + 1)} addresses`,
    });
  return urls.map((url) => checkBrokerUrl(url));
}

function checkBrokerUrl(text: string): string {
  const url = URL.parse(text);
  const isOrigin =
    url?.protocol === "https:" && url.pathname === "/" && url.search === "" && url.hash === "";
  if (!isOrigin || url.username !== "" || url.password !== "")
    throw new AppError("Misuse", {
      detail: "--broker: expected https://host or https://host:port without a path",
    });
  return url.origin;
}
