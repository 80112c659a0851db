import { storageConformance } from "./conformance/mod.ts";
import { createMemoryStore } from "./store.ts";

storageConformance("memory storage", (options) => {
  const store = createMemoryStore(options);
  return Promise.resolve(Object.assign(store, { [Symbol.asyncDispose]: () => store.close() }));
});
