/**
 * Makes `docs/session.svg`: the real session in a pty, on a small shop of a cluster served from memory, with a
 * filter typed. `deno run -A tools/readme_picture.ts` writes it anew.
 */
import { FakeApi } from "../tests/support/fake_api.ts";
import { fromSource, PtyProgram } from "../tests/support/pty_program.ts";

const COLS = 116;
const ROWS = 26;
const APPS = ["cart", "checkout", "catalog", "payments", "search", "web"];
const MINUTE_MS = 60_000;

/** A shop: three replicas of six apps, one pod that cannot pull its image, one that waits. */
function shop(): FakeApi {
  const api = new FakeApi();
  for (const name of ["default", "kube-system", "shop"]) {
    api.put({ apiVersion: "v1", kind: "Namespace", metadata: { name }, status: { phase: "Active" } });
  }
  APPS.forEach((app, a) => {
    for (let i = 0; i < 3; i++) api.put(pod(app, a * 3 + i));
  });
  return api;
}

function pod(app: string, index: number) {
  const waiting = index === 10 || index === 14;
  const suffix = (index * 7919 % 46656).toString(36).padStart(3, "0");
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      namespace: "shop",
      name: `${app}-6c9f7d5b8-${suffix}xq`.slice(0, 60),
      labels: { app },
      creationTimestamp: new Date(Date.now() - (index + 2) * 37 * MINUTE_MS).toISOString(),
    },
    spec: {
      nodeName: `node-${index % 3}`,
      containers: [{ name: "main", image: `${app}:1.4` }, { name: "proxy", image: "proxy:2" }],
    },
    status: {
      phase: waiting ? "Pending" : "Running",
      podIP: `10.0.${index % 3}.${20 + index}`,
      containerStatuses: ["main", "proxy"].map((name) => ({
        name,
        ready: !waiting,
        restartCount: index === 4 ? 3 : 0,
      })),
    },
  };
}

async function draw(): Promise<string> {
  const server = await shop().listen();
  const dir = await Deno.makeTempDir();
  try {
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "shop", cluster: { server: server.url } }],
      users: [{ name: "you", user: {} }],
      contexts: [{ name: "shop", context: { cluster: "shop", user: "you", namespace: "shop" } }],
      "current-context": "shop",
    };
    await Deno.writeTextFile(`${dir}/config`, JSON.stringify(config));
    const { command, args } = fromSource([]);
    const env = { KUBECONFIG: `${dir}/config`, XDG_CACHE_HOME: dir, XDG_STATE_HOME: dir };
    await using session = new PtyProgram(command, args, { cols: COLS, rows: ROWS, env });
    await session.shows("web-6c9f");
    session.write("/c");
    await session.until(() => !session.screen.text().includes("web-6c9f"), "the filter");
    return session.screen.svg({ title: "orka", description: "The Orka session: a filtered list of pods" });
  } finally {
    await server.close();
    await Deno.remove(dir, { recursive: true });
  }
}

await Deno.writeTextFile(new URL("../docs/session.svg", import.meta.url), await draw());
