import assert from "node:assert/strict";
import { ManualClock } from "../base/mod.ts";
import { createClient } from "../client/mod.ts";
import { resource } from "../../tests/support/resources.ts";
import { type Right, Rights, rightText } from "./rights.ts";

const RULES = [
  { verbs: ["get", "list"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["delete"], apiGroups: [""], resources: ["pods"] },
  { verbs: ["create"], apiGroups: [""], resources: ["pods/exec"] },
  { verbs: ["update"], apiGroups: ["apps"], resources: ["*/scale"] },
  { verbs: ["patch"], apiGroups: [""], resources: ["configmaps"], resourceNames: ["mine"] },
];

interface Answers {
  readonly rules?: object;
  readonly access?: object;
  readonly status?: number;
}

/** Rights on a server that answers reviews so, and what it was asked. */
function rightsOn(
  { rules = { resourceRules: RULES, incomplete: false }, access = { allowed: false }, status = 201 }: Answers,
) {
  const asked: { kind: string; spec: Record<string, unknown> }[] = [];
  const clock = new ManualClock();
  const fetch = async (request: Request) => {
    const body = await request.json();
    asked.push(body);
    const answer = body.kind === "SelfSubjectRulesReview" ? rules : access;
    return Response.json({ ...body, status: answer }, { status });
  };
  return { rights: new Rights(createClient({ fetch, clock }), { clock }), asked, clock };
}

const POD: Right = { verb: "delete", resource: resource("Pod"), namespace: "shop" };

Deno.test("the rules of a namespace say what is allowed there, in one request", async () => {
  const { rights, asked } = rightsOn({});
  const cases: readonly (readonly [Partial<Right>, boolean])[] = [
    [{}, true],
    [{ verb: "list", resource: resource("Deployment") }, true],
    [{ verb: "delete", resource: resource("Deployment") }, false],
    [{ verb: "create", subresource: "exec" }, true],
    [{ verb: "create", subresource: "attach" }, false],
    [{ verb: "create" }, false],
    [{ verb: "update", resource: resource("Deployment"), subresource: "scale" }, true],
    [{ verb: "update", resource: resource("Deployment") }, false],
    [{ verb: "patch", resource: resource("ConfigMap"), name: "mine" }, true],
    [{ verb: "patch", resource: resource("ConfigMap"), name: "yours" }, false],
    [{ verb: "patch", resource: resource("ConfigMap") }, false],
  ];
  const answers = await Promise.all(cases.map(([right]) => rights.may({ ...POD, ...right })));
  cases.forEach(([right, expected], at) => assert.equal(answers[at], expected, JSON.stringify(right)));
  assert.equal(asked.length, 1);
});

Deno.test("rules that are not the whole truth, and cluster-wide questions, are asked one by one", async () => {
  const { rights, asked } = rightsOn({
    rules: { resourceRules: [], incomplete: true },
    access: { allowed: true },
  });
  assert.equal(await rights.may(POD), true);
  assert.equal(
    await rights.may({ verb: "patch", resource: resource("Node"), namespace: "", name: "n" }),
    true,
  );
  assert.deepEqual(asked.map(({ kind }) => kind), [
    "SelfSubjectRulesReview",
    "SelfSubjectAccessReview",
    "SelfSubjectAccessReview",
  ]);
  assert.deepEqual(asked[2]!.spec.resourceAttributes, {
    verb: "patch",
    group: "",
    resource: "nodes",
    namespace: "",
    name: "n",
  });
});

Deno.test("answers count for a minute, and can be forgotten", async () => {
  const { rights, asked, clock } = rightsOn({});
  assert.equal(rights.known(POD), undefined);
  await rights.may(POD);
  assert.equal(rights.known(POD), true);
  await rights.may(POD);
  assert.equal(asked.length, 1);
  await clock.advance(61_000);
  await rights.may(POD);
  assert.equal(asked.length, 2);
  rights.forget();
  assert.equal(rights.known(POD), undefined);
});

Deno.test("what can't be found out counts as allowed: the server will say", async () => {
  const { rights } = rightsOn({ status: 500 });
  assert.equal(await rights.may(POD), true);
  assert.equal(await rightsOn({ rules: { resourceRules: "odd" }, access: {} }).rights.may(POD), true);
});

Deno.test("a missing right is named as RBAC spells it", () => {
  assert.equal(rightText(POD), "delete pods");
  const scale = { ...POD, verb: "update", resource: resource("Deployment"), subresource: "scale" };
  assert.equal(rightText(scale), "update deployments.apps/scale");
});
