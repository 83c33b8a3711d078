/** Since then, Node has all that the double needs but for {@link ResourceStack}. */
const OLDEST = [22, 15] as const;

/** The part of AsyncDisposableStack that the double uses. */
class ResourceStack {
  readonly #ends: (() => unknown)[] = [];

  use<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource {
    this.#ends.push(() =>
      Symbol.asyncDispose in resource
        ? resource[Symbol.asyncDispose]()
        : resource[Symbol.dispose](),
    );
    return resource;
  }

  defer(end: () => unknown): void {
    this.#ends.push(end);
  }

  move(): ResourceStack {
    const moved = new ResourceStack();
    moved.#ends.push(...this.#ends.splice(0));
    return moved;
  }

  async disposeAsync(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends.splice(0).toReversed())
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }
}

/**
 * Gives Node 22 what it lacks, before the rest of the double is loaded.
 *
 * @throws Error when this Node is older
 */
export function completeNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new Error(
      `azure-double needs Node ${OLDEST.join(".")} or newer; this is ${process.versions.node}`,
    );
  if (typeof AsyncDisposableStack === "undefined")
    Object.assign(globalThis, { AsyncDisposableStack: ResourceStack });
}
