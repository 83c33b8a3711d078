export type Turns = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

/**
 * Work of one name runs one after another, in the order of the requests; a failure does not stop
 * the next. Otherwise two writers of an order would both call the vault, one of them for nothing.
 * The library async-mutex does not help: a queue for each name, dropped when it is empty, would
 * still be ours.
 */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name);
    const turn = before === undefined ? work() : before.then(work, work);
    last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
}
