import { storageConformance } from "./conformance/mod.ts";
import { openSqliteStore } from "./sqlite_store.ts";

storageConformance("sqlite storage", async (options) => {
  const directory = await Deno.makeTempDir({ prefix: "orka-storage-" });
  const store = await openSqliteStore(directory, options);
  const dispose = async () => {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  };
  return Object.assign(store, { [Symbol.asyncDispose]: dispose });
});
