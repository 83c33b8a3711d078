import type { OperationName } from "../core/key-vault/operations.ts";
import { backupOperation, restoreOperation } from "./backup-key.ts";
import { type OperationHandler, withoutPayload } from "./exchange.ts";
import { listDeletedKeysOperation, listKeysOperation, listVersionsOperation } from "./list-keys.ts";
import {
  attestOperation,
  getDeletedOperation,
  purgeOperation,
  recoverOperation,
  createOperation,
  deleteOperation,
  getOperation,
  importOperation,
  updateOperation,
} from "./manage-key.ts";
import {
  getRotationPolicyOperation,
  rotateOperation,
  updateRotationPolicyOperation,
} from "./rotate-key.ts";
import {
  decryptOperation,
  encryptOperation,
  randomBytesOperation,
  refuseAttested,
  secureUnwrapOperation,
  secureWrapOperation,
  signOperation,
  verifyOperation,
} from "./use-key.ts";

/** One handler per row of OPERATIONS. */
export const OPERATION_HANDLERS: Readonly<Record<OperationName, OperationHandler>> = {
  listKeys: listKeysOperation,
  restore: restoreOperation,
  create: createOperation,
  import: importOperation,
  delete: deleteOperation,
  listVersions: listVersionsOperation,
  getRotationPolicy: getRotationPolicyOperation,
  updateRotationPolicy: updateRotationPolicyOperation,
  rotate: rotateOperation,
  backup: backupOperation,
  attest: attestOperation,
  get: getOperation,
  update: updateOperation,
  wrapKey: encryptOperation,
  unwrapKey: decryptOperation,
  encrypt: encryptOperation,
  decrypt: decryptOperation,
  sign: signOperation,
  verify: verifyOperation,
  release: withoutPayload(refuseAttested),
  secureWrapKey: secureWrapOperation,
  secureUnwrapKey: secureUnwrapOperation,
  listDeletedKeys: listDeletedKeysOperation,
  getDeleted: getDeletedOperation,
  recover: recoverOperation,
  purge: purgeOperation,
  getRandomBytes: randomBytesOperation,
};
