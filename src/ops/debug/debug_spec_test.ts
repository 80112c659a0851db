import assert from "node:assert/strict";
import type { PodView } from "../target_pod.ts";
import { parseContainerPart } from "./custom_profile.ts";
import { type CopySpec, type DebugContainer, debugCopy, ephemeralPatch, nodeDebugPod } from "./debug_spec.ts";
import { type DebugProfile, parseProfile, PROFILES } from "./profile.ts";

const container = (profile: DebugProfile, more: Partial<DebugContainer> = {}): DebugContainer => ({
  name: "c",
  image: "busybox",
  command: ["sh"],
  profile,
  ...more,
});

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

/** As kubectl v1.36.2 sent them to a real server. */
const EPHEMERAL: Readonly<Record<DebugProfile, object | undefined>> = {
  legacy: undefined,
  general: { capabilities: { add: ["SYS_PTRACE"] } },
  baseline: undefined,
  restricted: RESTRICTED,
  netadmin: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
  sysadmin: { privileged: true },
};

Deno.test("an ephemeral container may do what kubectl's profile says", () => {
  for (const profile of PROFILES) {
    const securityContext = EPHEMERAL[profile];
    assert.deepEqual(ephemeralPatch({ ...container(profile), target: "main" }), {
      spec: {
        ephemeralContainers: [{
          name: "c",
          image: "busybox",
          terminationMessagePolicy: "File",
          command: ["sh"],
          ...securityContext === undefined ? {} : { securityContext },
          targetContainerName: "main",
        }],
      },
    });
  }
});

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop", uid: "u", labels: { app: "web" }, annotations: { note: "x" } },
  spec: {
    nodeName: "node-1",
    containers: [{
      name: "main",
      image: "a:1",
      args: ["serve"],
      livenessProbe: {},
      securityContext: { runAsUser: 0 },
    }],
    ephemeralContainers: [{ name: "old" }],
  },
} as unknown as PodView;

const copied = (more: Partial<CopySpec>) =>
  debugCopy(POD, {
    name: "copy",
    container: container("general"),
    shareProcesses: true,
    sameNode: false,
    keepLabels: false,
    ...more,
  });

Deno.test("a copy has no labels, probes or node, and one container more", () => {
  assert.deepEqual(copied({}), {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "copy", namespace: "shop" },
    spec: {
      containers: [
        { name: "main", image: "a:1", args: ["serve"], securityContext: { runAsUser: 0 } },
        {
          name: "c",
          image: "busybox",
          terminationMessagePolicy: "File",
          command: ["sh"],
          securityContext: { capabilities: { add: ["SYS_PTRACE"] } },
        },
      ],
      shareProcessNamespace: true,
    },
  });
});

Deno.test("a copy can change the command of a container, or only images", () => {
  const changed = copied({ container: container("general", { name: "main", image: "" }), sameNode: true });
  const { spec } = JSON.parse(JSON.stringify(changed));
  assert.deepEqual(spec.containers, [{
    name: "main",
    image: "a:1",
    command: ["sh"],
    securityContext: { runAsUser: 0, capabilities: { add: ["SYS_PTRACE"] } },
  }]);
  assert.equal(spec.nodeName, "node-1");
  const images = copied({
    container: null,
    images: new Map([["*", "b:2"]]),
    shareProcesses: false,
    keepLabels: true,
  });
  const set = JSON.parse(JSON.stringify(images));
  assert.deepEqual(set.metadata, {
    name: "copy",
    namespace: "shop",
    labels: { app: "web" },
    annotations: { note: "x" },
  });
  assert.deepEqual([set.spec.containers[0].image, set.spec.shareProcessNamespace], ["b:2", false]);
});

Deno.test("a pod on a node sees of it what kubectl's profile says", () => {
  const root = ["legacy", "general", "sysadmin"];
  const bare = ["baseline", "restricted"];
  for (const profile of PROFILES) {
    const pod = nodeDebugPod("node-1", { ...container(profile), namespace: "default", random: () => 0 });
    const { metadata, spec } = JSON.parse(JSON.stringify(pod));
    assert.equal(metadata.name, "node-debugger-node-1-bbbbb");
    assert.equal(spec.volumes !== undefined, root.includes(profile), profile);
    assert.equal(spec.hostPID === true, !bare.includes(profile), profile);
    assert.deepEqual([spec.nodeName, spec.restartPolicy, spec.tolerations], ["node-1", "Never", [{
      operator: "Exists",
    }]]);
    const expected = profile === "general" ? undefined : EPHEMERAL[profile];
    assert.deepEqual(spec.containers[0].securityContext, expected, profile);
  }
});

Deno.test("the default profile is general; an unknown one is refused", () => {
  assert.equal(parseProfile(undefined), "general");
  assert.throws(() => parseProfile("root"), { code: "usage" });
});

Deno.test("a custom part is laid over the profile as a strategic merge patch", () => {
  const part = parseContainerPart({
    env: [{ name: "A", value: "custom" }, { name: "B", value: "b" }],
    securityContext: { capabilities: { add: ["NET_ADMIN"] }, runAsUser: 5 },
    terminationMessagePolicy: null,
  }, "f.yaml");
  const env = [{ name: "X", value: "x" }, { name: "A", value: "flag" }, { name: "C", value: "c" }];
  const own = { ...container("general", { env }), custom: part };
  const laid = {
    name: "c",
    image: "busybox",
    command: ["sh"],
    env: [{ name: "X", value: "x" }, { name: "A", value: "custom" }, { name: "B", value: "b" }, {
      name: "C",
      value: "c",
    }],
    securityContext: { capabilities: { add: ["NET_ADMIN"] }, runAsUser: 5 },
  };
  assert.deepEqual(ephemeralPatch(own), { spec: { ephemeralContainers: [laid] } });
  const specOf = (pod: object) => (pod as { spec: { containers: object[] } }).spec.containers;
  assert.deepEqual(specOf(copied({ container: own }))[1], laid);
  assert.equal(
    (specOf(copied({ container: { ...own, name: "main" } }))[0] as { args?: unknown }).args,
    undefined,
  );
  const node = { ...container("general"), custom: { volumeMounts: [{ name: "v", mountPath: "/v" }] } };
  assert.deepEqual(
    (specOf(nodeDebugPod("n", { ...node, namespace: "x", random: () => 0 }))[0] as { volumeMounts: unknown })
      .volumeMounts,
    [{ name: "v", mountPath: "/v" }, { name: "host-root", mountPath: "/host" }],
  );
});

Deno.test("a custom part may not say what the command line says, nor what no container has", () => {
  for (const field of ["name", "image", "command", "lifecycle", "volumeDevices"]) {
    assert.throws(() => parseContainerPart({ [field]: {} }, "f"), {
      code: "usage",
      hint: `f sets ${field}.`,
    });
  }
  const odd: readonly (readonly [unknown, RegExp])[] = [
    [null, /no map/],
    [[1], /no map/],
    [{ enw: [] }, /no field "enw"/],
    [{ env: 3 }, /env is a list of items with a name/],
    [{ ports: [{ name: "x" }] }, /items with a containerPort/],
  ];
  for (const [value, message] of odd) {
    assert.throws(() => parseContainerPart(value, "f"), { code: "invalid", message });
  }
});
