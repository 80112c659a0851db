/** What `create KIND` makes from flags, byte for byte as kubectl makes it from the same flags. */
import assert from "node:assert/strict";
import { cliOnEmbedded } from "../cli/harness.ts";
import { openEmbedded } from "../support/embedded.ts";
import { clusterTest } from "../support/real_cluster.ts";

const FILES = {
  "web.conf": "listen 80;\n",
  "app.env": "# comment\nA=1\n  B=two words\n\nC=\n",
  "empty.txt": "",
};

/** As one writes them in a shell; words in quotes stay together. */
const LINES = `
namespace web
ns web -n ignored
configmap c
cm c --from-literal=a=b --from-literal=q="x=y, z"
cm c -n shop --from-literal=a=b --append-hash
cm c --from-file=DIR/web.conf --from-file=key=DIR/empty.txt
cm c --from-file=DIR
cm c --from-env-file=DIR/app.env
secret generic s
secret generic s --from-literal=a=b --type=example.com/x
secret generic s --from-file=DIR/web.conf --append-hash
secret docker-registry s --docker-username=u --docker-password=p --docker-email=e --docker-server=r.example.com
secret docker-registry s --docker-username=u --docker-password=p<&
deployment web --image=nginx
deploy web -n shop --image=ghcr.io/a/web:1.2 --replicas=3 --port=8080
deployment web --image=a/b:c,x/y@sha256:z
deployment web --image=busybox -- sh -c "sleep 1"
job j --image=busybox
job j --image=busybox -- date +%s
cronjob c --image=busybox --schedule=@daily
cj c --image=busybox --schedule="*/5 * * * *" --restart=Never -- date
service clusterip s --tcp=80:8080 --tcp=443
svc clusterip s --clusterip=None
service nodeport s --tcp=80:http --node-port=30001
service loadbalancer s --tcp=80
service externalname s --external-name=a.example.com --tcp=1:2
ingress i --rule=a.example.com/x*=svc:80,tls=sec --rule=a.example.com/y=svc:http --rule=/=s:80
ing i --class=nginx --default-backend=d:1 --annotation=a=b,c --annotation=d=e
ingress i --rule=a.example.com/=s:80,tls
serviceaccount s
sa s -n shop
role r --verb=get,list --resource=pods,deployments.apps,pods/log,po --resource-name=a
role r --verb=get,* --resource=deploy
clusterrole r --verb=get --non-resource-url=/healthz,/readyz/*
clusterrole r --verb=* --resource=*.*
clusterrole r --aggregation-rule=a=b,c=d
rolebinding r --role=x --user=a --user=b --group=g --serviceaccount=ns:s
rolebinding r --clusterrole=view
clusterrolebinding r --clusterrole=x --user=a,b
quota q
quota q --hard=cpu=1,pods=2 --scopes=BestEffort
pdb p --selector=a=b,c --min-available=50%
poddisruptionbudget p --selector="a in (b,c),!d" --max-unavailable=1
priorityclass p --value=10 --description="very important" --global-default
pc p --preemption-policy=Never
`.trim().split("\n");

function words(line: string, directory: string): string[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll('"', "").replaceAll("DIR", directory)
  );
}

/** Flags go before a container's command. */
function withFlags(args: readonly string[], flags: readonly string[]): string[] {
  const at = args.indexOf("--");
  return at < 0 ? [...args, ...flags] : [...args.slice(0, at), ...flags, ...args.slice(at)];
}

const AS_YAML = ["--dry-run=client", "-o", "yaml"];

clusterTest("create makes from flags what kubectl makes of them", async (real) => {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(FILES)) await Deno.writeTextFile(`${directory}/${name}`, text);
    const files = Object.fromEntries(
      Object.entries(FILES).map(([name, text]) => [`${directory}/${name}`, text]),
    );
    await using cluster = await openEmbedded();
    const orka = cliOnEmbedded(cluster, { files });
    for (const line of LINES) {
      const args = withFlags(words(line, directory), AS_YAML);
      const expected = await real.kubectlOk(["create", ...args]);
      const ran = await orka("create", ...args);
      assert.equal(ran.out, expected, `${line}\n${ran.err}`);
      assert.equal(ran.exitCode, 0, line);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** What neither of them makes; the message is ours where kubectl's says less. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["deployment web", /required flag\(s\) "image" not set/],
  ["deployment", /exactly one NAME is required, got 0/],
  ["deployment web --image=a,b -- sh", /cannot specify multiple --image options and command/],
  ["job j --image=x --from=cronjob/y", /either --image or --from/],
  ["cm c --from-literal=a", /invalid literal source a, expected key=value/],
  ["cm c --from-literal=a=1 --from-literal=a=2", /another key by that name already exists/],
  ["service clusterip s", /at least one tcp port specifier must be provided/],
  ["service clusterip s --tcp=nope", /not a valid port/],
  ["ingress i", /not enough information provided/],
  ["ingress i --rule=nope", /is invalid and should be in format/],
  ["rolebinding r --role=a --clusterrole=b", /exactly one of clusterrole or role/],
  ["rolebinding r --role=a --serviceaccount=x", /serviceaccount must be <namespace>:<name>/],
  ["pdb p --selector=a=b", /min-available or max-unavailable/],
  ["role r --verb=get", /at least one resource must be specified/],
  ["quota q --hard=cpu", /--hard/],
];

clusterTest("create refuses what kubectl refuses", async (real) => {
  await using cluster = await openEmbedded();
  const orka = cliOnEmbedded(cluster);
  for (const [line, message] of REFUSED) {
    const args = withFlags(words(line, ""), AS_YAML);
    assert.notEqual((await real.kubectl(["create", ...args])).code, 0, line);
    (await orka("create", ...args)).stdout("").stderr(message).code(2);
  }
});
