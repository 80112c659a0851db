/** The Python client, unmodified, on the embedded server. */
import assert from "node:assert/strict";
import { run } from "../support/real_cluster.ts";
import { programTest, Requests } from "./client_programs.ts";

const SCRIPT = decodeURIComponent(new URL("./python/client.py", import.meta.url).pathname);

programTest(
  "the Python client writes, pages, watches and discovers",
  "python/bin/python",
  async (path, server) => {
    await new Requests(server).installCups();
    const { code, stdout, stderr } = await run(path, [SCRIPT, server.kubeconfig, "default"]);
    assert.equal(code, 0, stderr);
    const { version, ...seen } = JSON.parse(stdout);
    assert.match(version, /^v1\.36\./);
    assert.deepEqual(seen, {
      configMaps: { replaced: { a: "2" }, patched: { a: "2", b: "3" } },
      pages: [["one", "three"], ["two"]],
      errors: { missing: [404, "NotFound"], twice: [409, "AlreadyExists"], stale: [409, "Conflict"] },
      watched: [["MODIFIED", "one"], ["ADDED", "four"], ["DELETED", "four"]],
      // a scale of nothing leaves its number out
      deployment: { scale: null, image: "nginx:2" },
      custom: { size: 3, status: 3 },
      discovered: { manager: "python", names: ["one", "three", "two"] },
    });
  },
);
