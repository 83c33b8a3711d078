import type { apiVersionTraits, SkuInformation } from "@databox-cmk/protocol";

type SkuRow = {
  readonly displayName: string;
  readonly family: string;
  /** Terabytes, as text on the wire. */
  readonly usable: string;
  readonly maximum: string;
  /** Of each device, where an order has several. */
  readonly usableByDevice?: string;
  /** The reason why it cannot be ordered here. */
  readonly disabled?: string;
};

/** The SKUs of Data Box; this system makes the appliances that it can lock node by node. */
const SKU_DATA = {
  DataBox: { displayName: "Data Box", family: "Data Box", usable: "80", maximum: "100" },
  DataBoxHeavy: {
    displayName: "Data Box Heavy",
    family: "Data Box",
    usable: "800",
    maximum: "1000",
  },
  DataBoxDisk: {
    displayName: "Data Box Disk",
    family: "Data Box",
    usable: "35",
    maximum: "40",
    usableByDevice: "7",
    disabled: "Disks have no node that can unlock itself; order a Data Box.",
  },
  DataBoxCustomerDisk: {
    displayName: "Customer disks",
    family: "Data Box",
    usable: "0",
    maximum: "0",
    disabled: "Disks of the customer are not handled here; order a Data Box.",
  },
} as const satisfies Record<string, SkuRow>;
type OfferedSku = keyof typeof SKU_DATA;
/** In the order in which the API lists them. */
export const OFFERED_SKUS = [
  "DataBox",
  "DataBoxHeavy",
  "DataBoxDisk",
  "DataBoxCustomerDisk",
] as const satisfies readonly OfferedSku[];

/** Api-versions that know the SKUs by these names. */
const SKU_API_VERSIONS = ["2018-01-01", "2019-09-01"];

/** The reason why a SKU cannot be ordered anywhere; undefined when it can. */
export function disabledMessageOf(sku: OfferedSku): string | undefined {
  const row: SkuRow = SKU_DATA[sku];
  return row.disabled;
}

export function skuInformation(
  sku: OfferedSku,
  location: string,
  countries: readonly string[],
  unavailable: "Country" | "Region" | undefined,
  { destinations, models }: ReturnType<typeof apiVersionTraits>,
): SkuInformation {
  const row: SkuRow = SKU_DATA[sku];
  const reason = row.disabled === undefined ? (unavailable ?? "None") : "Feature";
  const message =
    row.disabled ??
    (unavailable === undefined
      ? undefined
      : `${row.displayName} is not offered for this ${unavailable.toLowerCase()}.`);
  return {
    sku: { name: sku, displayName: row.displayName, family: row.family },
    enabled: reason === "None",
    properties: {
      ...(destinations
        ? {
            destinationToServiceLocationMap: [
              { destinationLocation: location, serviceLocation: location },
            ],
          }
        : {
            dataLocationToServiceLocationMap: [
              { dataLocation: location, serviceLocation: location },
            ],
          }),
      capacity: {
        usable: row.usable,
        maximum: row.maximum,
        individualSkuUsable: models ? (row.usableByDevice ?? row.usable) : undefined,
      },
      costs: [],
      apiVersions: SKU_API_VERSIONS,
      disabledReason: reason,
      disabledReasonMessage: message,
      countriesWithinCommerceBoundary: [...countries],
    },
  };
}
