import { createAudit } from "./audit.ts";
import { Database } from "./database.ts";
import type { Memory, OpenMemoryOptions } from "./memory.ts";
import { createPrefs } from "./prefs.ts";
import { createSchemaCache } from "./schema_cache.ts";
import { createSnapshots } from "./snapshots.ts";

const MAX_BYTES = 256 * 1024 * 1024;

export function openSqliteMemory(options: OpenMemoryOptions): Memory {
  const { directory, clock, warn, keepSecrets = false, maxBytes = MAX_BYTES } = options;
  const database = new Database({ directory, clock, warn, maxBytes });
  const close = () => database.close();
  return {
    prefs: createPrefs(database),
    schemas: createSchemaCache(database, clock),
    snapshots: createSnapshots(database, { clock, keepSecrets }),
    audit: createAudit(database, { clock, keepSecrets }),
    get degraded() {
      return database.degraded;
    },
    close,
    [Symbol.dispose]: close,
  };
}
