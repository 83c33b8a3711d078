import { readFileSync, writeFileSync } from "node:fs";

import type { TpmKey } from "../core/tpm-key.ts";
import type { Tpm } from "./tpm2.ts";

type Parts = Pick<TpmKey, "publicArea" | "privateArea">;
const NAMES = ["-u", "public", "-r", "private"] as const;

const OURS = ["fixedtpm", "fixedparent", "noda"] as const;
/**
 * The TPM's own storage key, derived from its seed each time: nothing of ours stays in the TPM.
 *
 * `noda`: our objects have no password that a person could guess. Without it, each power cut after
 * a use counts as a wrong guess (TPM 2.0 library specification, part 1, "Non-orderly Shutdown").
 * After a few of them, the TPM refuses every use until its recovery time has passed.
 */
async function createPrimary({ call, forgetObjects }: Tpm): Promise<void> {
  const kind = ["-C", "o", "-G", "ecc256", "-g", "sha256"];
  const attributes = [...OURS, "sensitivedataorigin", "userwithauth", "restricted", "decrypt"];
  await call("createprimary", "-Q", ...kind, "-a", attributes.join("|"), "-c", "primary");
  await forgetObjects();
}

/**
 * Makes an object that only this TPM opens; with registers, only while they keep their present
 * values.
 *
 * @param attributes - beside those of the TPM and of the way to authorise
 * @param secret - what is sealed, if it is not a key of the TPM's own making
 * @throws {AppError} `DeviceKeyUnavailable`
 */
export async function createObject(
  tpm: Tpm,
  pcrs: string | undefined,
  attributes: readonly string[],
  { options = [], secret }: { readonly options?: readonly string[]; readonly secret?: Uint8Array },
): Promise<Parts> {
  const { at, call } = tpm;
  await createPrimary(tpm);
  const all = [...OURS, "adminwithpolicy", ...attributes];
  const rules: string[] = [];
  if (pcrs === undefined) all.push("userwithauth");
  else {
    await call("startauthsession", "-Q", "-S", "session");
    await call("policypcr", "-Q", "-S", "session", "-l", pcrs, "-L", "policy");
    await call("flushcontext", "session");
    rules.push("-L", "policy");
  }
  const create = [
    "create",
    "-Q",
    "-C",
    "primary",
    "-a",
    all.join("|"),
    ...rules,
    ...NAMES,
    ...options,
  ];
  // A secret goes through a pipe: never into a file, nor into a command line.
  await (secret === undefined ? call(...create) : tpm.give(secret, ...create, "-i", "-"));
  await tpm.forgetObjects();
  return {
    publicArea: readFileSync(at("public")).toString("base64"),
    privateArea: readFileSync(at("private")).toString("base64"),
  };
}

/** Loads an object as context `object`. @throws {AppError} `DeviceKeyUnavailable` */
export async function loadObject(tpm: Tpm, { publicArea, privateArea }: Parts): Promise<void> {
  writeFileSync(tpm.at("public"), Buffer.from(publicArea, "base64"));
  writeFileSync(tpm.at("private"), Buffer.from(privateArea, "base64"));
  await createPrimary(tpm);
  await tpm.call("load", "-Q", "-C", "primary", ...NAMES, "-c", "object");
  await tpm.forgetObjects();
}

/**
 * @param use - with the parameters that authorise the loaded object
 * @throws {AppError} `BootStateChanged` or `DeviceKeyUnavailable`
 */
export async function useObject<Result>(
  tpm: Tpm,
  pcrs: string | undefined,
  use: (...authorization: readonly string[]) => Promise<Result>,
): Promise<Result> {
  try {
    if (pcrs === undefined) return await use("-c", "object");
    await tpm.call("startauthsession", "-Q", "--policy-session", "-S", "session");
    try {
      await tpm.call("policypcr", "-Q", "-S", "session", "-l", pcrs);
      return await use("-c", "object", "-p", "session:session");
    } finally {
      await tpm.call("flushcontext", "session");
    }
  } finally {
    await tpm.forgetObjects();
  }
}
