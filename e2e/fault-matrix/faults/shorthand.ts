import type { FaultContext } from "../fault.ts";

/** A vault's answer, in Key Vault's own form. */
export const answer = (
  status: number,
  code: string,
  rest: { readonly innerCode?: string; readonly message?: string } = {},
): object => ({ kind: "status", status, code, ...rest });

/** Removes the faults of the site's vault, and those of all sites. */
export const clear = ({ world, site }: FaultContext): Promise<void> =>
  world.clearFaults(site.vaultName);

/** Every call to the site's vault ends like this. */
export const vaultAnswers =
  (effect: object, operation?: string) =>
  async ({ world, site }: FaultContext): Promise<void> => {
    await world.addFault(
      {
        service: "key-vault",
        vault: site.vaultName,
        ...(operation === undefined ? {} : { operation }),
      },
      effect,
    );
  };

/**
 * The broker keeps an order's token for a minute. A vault that does not take it once makes the
 * broker get another, so that what is wrong with the identity shows at once.
 */
export async function expireToken({ world, site }: FaultContext): Promise<void> {
  await world.addFault(
    { service: "key-vault", vault: site.vaultName, operation: "get" },
    answer(401, "Unauthorized"),
    1,
  );
}

/** Entra ID answers every request for a token like this, and the broker has none left. */
export const entraAnswers =
  (effect: object) =>
  async ({ world, site }: FaultContext): Promise<void> => {
    await world.addFault({ service: "entra", operation: "token" }, effect);
    await expireToken({ world, site });
  };
