/** What the demo's programs write: the same line for the same program and number each time. */

/** Line number `at` of a program, written at `ms`. */
export type Program = (at: number, ms: number) => string;

export interface DemoProgram {
  readonly everyMs: number;
  readonly write: Program;
}

/** A number of its own for each line and use, in [0, below). */
function pick(at: number, salt: number, below: number): number {
  let hash = Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) % below;
}

function one<T>(at: number, salt: number, choices: readonly T[]): T {
  return choices[pick(at, salt, choices.length)]!;
}

const PATHS = [
  "/",
  "/products",
  "/products/17",
  "/products/42",
  "/cart",
  "/checkout",
  "/search?q=lamp",
  "/healthz",
];
const SKUS = ["LAMP-3", "CHAIR-12", "DESK-7", "MUG-1", "SOFA-2"];

const web: Program = (at, ms) => {
  const status = one(at, 1, [200, 200, 200, 200, 200, 200, 304, 304, 404, 502]);
  const level = status >= 500 ? "error" : status >= 400 ? "warn" : "info";
  const time = new Date(ms).toISOString();
  const method = one(at, 2, ["GET", "GET", "GET", "POST"]);
  const took = 3 + pick(at, 3, status >= 500 ? 1500 : 60);
  const more = status >= 500 ? { err: "upstream cart: connection reset by peer" } : {};
  return JSON.stringify({
    time,
    level,
    msg: "request",
    method,
    path: one(at, 4, PATHS),
    status,
    ms: took,
    ...more,
  });
};

const cart: Program = (at, ms) => {
  const isSlow = pick(at, 1, 14) === 0;
  const [level, msg] = isSlow
    ? ["warn", "slow redis reply"]
    : ["info", one(at, 2, ["item added", "item removed", "cart priced"])];
  const time = new Date(ms).toISOString();
  return `time=${time} level=${level} msg="${msg}" sku=${one(at, 3, SKUS)} qty=${1 + pick(at, 4, 4)} took=${
    1 + pick(at, 5, isSlow ? 900 : 20)
  }ms`;
};

const checkout: Program = (at, ms) => {
  const time = new Date(ms).toISOString();
  const order = 48_000 + at;
  const isBad = pick(at, 1, 6) === 0;
  const [level, msg] = isBad
    ? ["error", "payment declined"]
    : ["info", one(at, 2, ["order placed", "payment authorised", "mail queued"])];
  const more = isBad
    ? { err: "gateway: card expired", attempt: 1 + pick(at, 3, 3) }
    : { total: 5 + pick(at, 4, 300) };
  return JSON.stringify({ time, level, msg, order, ...more });
};

/** Grows until it is killed. */
const checkoutCrash: Program = (at, ms) => {
  const time = new Date(ms).toISOString();
  const heapMb = 120 + at * 9;
  if (heapMb < 230) return JSON.stringify({ time, level: "info", msg: "warming price cache", heapMb });
  return JSON.stringify({
    time,
    level: heapMb < 250 ? "warn" : "error",
    msg: "heap near its limit",
    heapMb,
    limitMb: 256,
  });
};

const recommend: Program = (at) =>
  pick(at, 1, 9) === 0
    ? "WARNING:model:no embedding for user, falling back to best sellers"
    : `INFO:model:scored ${20 + pick(at, 2, 200)} items in ${2 + pick(at, 3, 30)} ms`;

const MIGRATION = [
  "BEGIN",
  "create table order_notes",
  "create index concurrently order_notes_order_id",
  "backfill order_notes",
  "COMMIT",
];
const migrate: Program = (at) =>
  at < 19 ? `[migrate] 42/${at + 1}: ${MIGRATION[at % MIGRATION.length]}` : "[migrate] done, 19 steps";

const importCatalog: Program = (at) => {
  if (at < 14) return `INFO  imported ${(at + 1) * 500} of 12,400 rows`;
  return [
    "ERROR import failed",
    "java.lang.IllegalArgumentException: price must not be negative: -4.99",
    "\tat shop.catalog.Row.price(Row.java:88)",
    "\tat shop.catalog.Importer.load(Importer.java:41)",
    "\tat shop.catalog.Main.main(Main.java:17)",
    "FATAL exit 1",
  ][at - 14] ?? "";
};

const postgres: Program = (at, ms) => {
  const time = `${new Date(ms).toISOString().replace("T", " ").slice(0, 23)} UTC`;
  const said = one(at, 1, [
    "LOG:  checkpoint starting: time",
    `LOG:  checkpoint complete: wrote ${100 + pick(at, 2, 4000)} buffers`,
    `LOG:  duration: ${
      200 + pick(at, 3, 1800)
    }.331 ms  statement: SELECT * FROM orders WHERE customer_id = $1`,
    'ERROR:  duplicate key value violates unique constraint "carts_pkey"',
    'LOG:  automatic vacuum of table "shop.public.carts": index scans: 1',
  ]);
  return `${time} [${60 + pick(at, 4, 30)}] ${said}`;
};

const redis: Program = (at, ms) => {
  const time = new Date(ms).toUTCString().slice(5, 25);
  return `1:M ${time}.${String(ms % 1000).padStart(3, "0")} * ${
    one(at, 1, [
      "100 changes in 300 seconds. Saving...",
      "Background saving started by pid 212",
      "DB saved on disk",
      "Background saving terminated with success",
    ])
  }`;
};

const exporter = (caller: string, said: readonly string[]): Program => (at, ms) =>
  `ts=${new Date(ms).toISOString()} caller=${caller} level=${
    one(at, 1, ["info", "info", "info", "warn"])
  } msg="${one(at, 2, said)}" duration=${1 + pick(at, 3, 90)}ms`;

const plain: Program = (at) => `tick ${at}`;

const PROGRAMS: Readonly<Record<string, DemoProgram>> = {
  web: { everyMs: 350, write: web },
  cart: { everyMs: 900, write: cart },
  checkout: { everyMs: 1_400, write: checkout },
  recommend: { everyMs: 2_500, write: recommend },
  "migrate-v42": { everyMs: 3_000, write: migrate },
  "import-catalog": { everyMs: 1_000, write: importCatalog },
  postgres: { everyMs: 4_000, write: postgres },
  redis: { everyMs: 15_000, write: redis },
  "node-exporter": {
    everyMs: 10_000,
    write: exporter("collector.go:88", ["collector succeeded", "textfile scraped", "no NVMe devices found"]),
  },
  prometheus: {
    everyMs: 6_000,
    write: exporter("head.go:812", [
      "Head GC completed",
      "WAL checkpoint complete",
      "compact blocks",
      "slow rule evaluation",
    ]),
  },
};

/** Of the container's name; one that nobody knows ticks. `crashes`: what it wrote before it was killed. */
export function programOf(container: string, { crashes }: { readonly crashes: boolean }): DemoProgram {
  if (crashes && container === "checkout") return { everyMs: 700, write: checkoutCrash };
  return PROGRAMS[container] ?? { everyMs: 1_000, write: plain };
}
