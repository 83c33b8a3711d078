import * as z from "zod/mini";

/**
 * Secrets of one node of an appliance; the same shape for Data Box and each node of Data Box Heavy.
 */
export const nodeSecret = z.object({
  deviceSerialNumber: z.string(),
  devicePassword: z.string(),
  networkConfigurations: z.array(z.object({ name: z.string(), macAddress: z.string() })),
  encodedValidationCertPubKey: z.string(),
  accountCredentialDetails: z.array(
    z.object({
      accountName: z.string(),
      dataAccountType: z.optional(z.string()),
      dataDestinationType: z.optional(z.string()),
      accountConnectionString: z.string(),
      shareCredentialDetails: z.array(z.unknown()),
    }),
  ),
});
export type NodeSecret = z.infer<typeof nodeSecret>;

const accessCode = z.object({
  reverseDCAccessCode: z.optional(z.string()),
  forwardDCAccessCode: z.optional(z.string()),
});

export const jobSecrets = z.discriminatedUnion("jobSecretsType", [
  z.object({
    jobSecretsType: z.literal("DataBox"),
    dcAccessSecurityCode: accessCode,
    podSecrets: z.array(nodeSecret),
  }),
  z.object({
    jobSecretsType: z.literal("DataBoxHeavy"),
    dcAccessSecurityCode: accessCode,
    cabinetPodSecrets: z.array(nodeSecret),
  }),
]);
export type JobSecrets = z.infer<typeof jobSecrets>;

export const unencryptedCredentialsList = z.object({
  value: z.array(z.object({ jobName: z.string(), jobSecrets })),
});
export type UnencryptedCredentialsList = z.infer<typeof unencryptedCredentialsList>;
