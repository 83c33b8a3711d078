import { readFileSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";
import type { ErasureStatement } from "@databox-cmk/protocol";
import type { Command } from "commander";
import * as z from "zod";

import {
  type NodeReport,
  readNodeReport,
  verifyCertificate,
} from "../../orders/verify-certificate.ts";

const EXIT_FORGED = 3;

const jwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
});
const keySet = z.object({ keys: z.array(jwk).min(1) });

/** @param write - takes one line without its end */
export function addCertificateCommand(program: Command, write: (line: string) => void): void {
  program
    .command("certificate")
    .description("certificates of erasure")
    .command("verify")
    .description(
      `verify a certificate of erasure offline; exit code ${String(EXIT_FORGED)}: none of the keys signed it`,
    )
    .argument("<file>", "the certificate, as the portal saves it")
    .requiredOption(
      "--keys <file>",
      "the broker's public keys (JWK Set), as GET /webhooks/v1/keys showed them",
    )
    .option("--json", "the statement as one JSON object")
    .action((file: string, options: { readonly keys: string; readonly json?: true }) => {
      const { keys } = parseKeys(options.keys);
      const statement = verifyCertificate(readText(file).trim(), keys);
      const fault =
        statement === undefined
          ? `none of the keys in ${options.keys} signed it as a certificate`
          : faultOfNodes(statement);
      if (statement === undefined || fault !== undefined) {
        write(`${file}: NOT VALID: ${fault ?? ""}`);
        process.exitCode = EXIT_FORGED;
        return;
      }
      for (const line of options.json === true ? [JSON.stringify(statement)] : render(statement))
        write(line);
    });
}

function render(statement: ErasureStatement): readonly string[] {
  const { order, erasedAt, by, method, verification, nodes = [], destroyed } = statement;
  return [
    `valid: ${order} was erased at ${erasedAt} by ${by}`,
    `  ${method}`,
    ...(verification === undefined ? [] : [`  ${verification}`]),
    ...nodes.flatMap((node) => [
      `  node ${node.serial}, device key ${node.deviceKey ?? "never enrolled"}`,
      ...renderReport(readNodeReport(order, node)),
    ]),
    ...destroyed.map(
      ({ serial, generation, kid }) =>
        `  destroyed: ${serial}, generation ${String(generation)}, wrapped by ${kid}`,
    ),
  ];
}

function faultOfNodes({ order, nodes = [] }: ErasureStatement): string | undefined {
  const forged = nodes.find((node) => readNodeReport(order, node).kind === "forged");
  return forged && `node ${forged.serial}: its own certificate was not signed by its device key`;
}

function renderReport(report: NodeReport): readonly string[] {
  if (report.kind !== "signed") return ["    it has not certified that its medium was erased"];
  const { medium, method, verification, verifiedAt } = report.said;
  const drive = [medium.model, medium.serialNumber].filter((part) => part !== undefined);
  return [
    `    erased and verified at ${verifiedAt}: ${[`${medium.kind} ${medium.path}`, ...drive].join(", ")}`,
    `    volume ${medium.id} (${medium.volume}), ${String(medium.bytes)} bytes`,
    `    ${method}`,
    `    ${verification}`,
  ];
}

function parseKeys(path: string): z.infer<typeof keySet> {
  try {
    return keySet.parse(JSON.parse(readText(path)));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("Misuse", { detail: `${path} is not a JWK Set of P-256 keys`, cause });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${path} cannot be read`, cause });
  }
}
