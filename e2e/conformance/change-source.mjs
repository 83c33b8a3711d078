// For `node --import`: changes texts of sources as they are loaded, as the JSON in CHANGES says.
import { registerHooks } from "node:module";

const changes = JSON.parse(process.env.CHANGES);
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const own = changes.filter(({ file }) => url.endsWith(file));
    if (own.length === 0) return loaded;
    const source = own.reduce((text, { file, was, becomes }) => {
      const parts = text.split(was);
      if (parts.length !== 2) throw new Error(`${file} does not have once: ${was}`);
      return parts.join(becomes);
    }, Buffer.from(loaded.source).toString());
    return { ...loaded, source };
  },
});
