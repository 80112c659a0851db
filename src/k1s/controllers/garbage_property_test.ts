/** Random objects that own each other, made and deleted by two processes in turn, against a model. */
import assert from "node:assert/strict";
import { MAPS } from "../../../tests/support/api_rig.ts";
import { type Rig, withServers } from "../../../tests/support/cluster_rig.ts";

const POLICIES = ["Background", "Foreground", "Orphan"] as const;
const STEPS = 120;
const SEEDS = [1, 2, 3, Number(Deno.env.get("ORKA_TEST_SEED") ?? Date.now() % 100_000)];

/** Names to the names of their owners. */
class Model {
  readonly objects = new Map<string, Set<string>>();

  delete(name: string, policy: typeof POLICIES[number]): void {
    this.objects.delete(name);
    for (const [dependent, owners] of [...this.objects]) {
      if (!owners.delete(name) || owners.size > 0 || policy === "Orphan") continue;
      if (this.objects.has(dependent)) this.delete(dependent, "Background");
    }
  }

  toString(): string {
    return [...this.objects].map(([name, owners]) => `${name}<${[...owners].sort()}`).sort().join(" ");
  }
}

function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

async function play({ servers }: Rig, seed: number): Promise<void> {
  const random = randomOf(seed);
  const model = new Model();
  const uids = new Map<string, string>();
  for (let step = 0; step < STEPS; step++) {
    const server = servers[random(servers.length)]!;
    const names = [...model.objects.keys()];
    if (names.length === 0 || random(3) > 0) {
      const owners = names.length === 0
        ? []
        : Array.from({ length: random(3) }, () => names[random(names.length)]!);
      const ownerReferences = [...new Set(owners)].map((name) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        name,
        uid: uids.get(name),
        blockOwnerDeletion: random(2) === 0,
      }));
      const made = await server.ok(`POST ${MAPS}`, { metadata: { name: `m${step}`, ownerReferences } });
      uids.set(`m${step}`, made.metadata.uid!);
      model.objects.set(`m${step}`, new Set(owners));
    } else {
      const name = names[random(names.length)]!;
      const policy = POLICIES[random(POLICIES.length)]!;
      await server.ok(`DELETE ${MAPS}/${name}`, { propagationPolicy: policy });
      model.delete(name, policy);
    }
    const other = servers[random(servers.length)]!;
    const { items } = await other.send(`GET ${MAPS}`);
    const found = new Model();
    for (const { metadata } of items.filter((item) => item.metadata.name !== "kube-root-ca.crt")) {
      found.objects.set(
        metadata.name,
        new Set((metadata.ownerReferences ?? []).map((owner) => owner.name)),
      );
    }
    assert.equal(String(found), String(model), `seed ${seed}, step ${step}`);
  }
}

for (const seed of SEEDS) {
  Deno.test(`what owners leave is what the model says, seed ${seed}`, () =>
    withServers(2, (rig) => play(rig, seed)));
}
