/**
 * A request's path, taken apart where Resource Manager routes: the last `/providers/{namespace}/…`
 * decides who answers.
 */
export type ArmPath = {
  /**
   * The part before the last provider: a subscription, a resource group, a resource, or empty for
   * the tenant. No slash at the end.
   */
  readonly scope: string;
  /** The provider as it was written; undefined when none is named. */
  readonly namespace?: string;
  /** The segments after the namespace. */
  readonly segments: readonly string[];
};

export function parseArmPath(path: string): ArmPath {
  const segments = path.split("/").slice(1);
  if (segments.at(-1) === "") segments.pop();
  const index = segments.findLastIndex((segment) => segment.toLowerCase() === "providers");
  const namespace = index < 0 ? undefined : segments[index + 1];
  if (namespace === undefined) return { scope: joinPath(segments), segments: [] };
  return {
    scope: joinPath(segments.slice(0, index)),
    namespace,
    segments: segments.slice(index + 2),
  };
}

/** The subscription and resource group that a path starts with. */
export function parseScope(path: string): {
  subscriptionId?: string | undefined;
  resourceGroup?: string | undefined;
} {
  const match = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?/i.exec(path);
  return {
    subscriptionId: match?.[1],
    resourceGroup: match?.[2],
  };
}

export function resourceGroupId(subscriptionId: string, resourceGroup: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

export function resourceId(
  subscriptionId: string,
  resourceGroup: string,
  type: string,
  name: string,
): string {
  return `${resourceGroupId(subscriptionId, resourceGroup)}/providers/${type}/${name}`;
}

/** Whether an id is the scope itself or lies beneath it; ids are compared without case. */
export function isWithin(id: string, scope: string): boolean {
  const lowerId = id.toLowerCase();
  const lowerScope = scope.toLowerCase().replace(/\/$/, "");
  return lowerId === lowerScope || lowerId.startsWith(`${lowerScope}/`);
}

function joinPath(segments: readonly string[]): string {
  return segments.length === 0 ? "" : `/${segments.join("/")}`;
}
