/** Where the embedded server's outputs may differ from the real one's, by command, and why. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ...reason("no controller writes endpoint slices", [
    "describe svc web --show-events=false",
    "describe svc c1 --show-events=false",
    "describe ingress i1",
  ]),
  ...reason("no controller rolls deployments out", [
    "~rollout status deploy web --timeout=1s",
    "~rollout undo deploy web",
    "wait --for=condition=Available deploy/web --for=create --timeout=1s",
  ]),
  ...reason("no admission plugin gives pods their service account's volume", [
    "run direct --image=busybox --restart=Never --dry-run=server -o yaml",
    "get pod idle -o yaml",
    "get pods -l app=idle -o json",
    "describe pod idle",
    'patch pod idle -p \'{"spec":{"containers":[{"name":"main","env":[{"name":"A","value":"2"}]}]}}\'',
  ]),
  ...reason("ephemeral containers are not validated", ["~debug idle --image=busybox"]),
  ...reason("what a secret's type requires is not checked", [
    "create secret generic wrong --type=kubernetes.io/tls --from-literal=a=b",
    "get secret",
  ]),
  ...reason("an administrator's rules are told in short: everything", ["auth can-i --list --no-headers"]),
  ...reason("a strategic merge patch that makes no object of the kind is refused with 400, not 422", [
    'patch cm plain -p \'{"data":{"z":1}}\'',
    "KUBE_EDITOR='sed -i s/^data/dota/' edit cm env",
    "apply -f unknown-field.yaml",
  ]),
  ...reason("Scale has no columns", ["get deploy web --subresource=scale"]),
  ...reason("causes and values of a refused custom object are told in other words", [
    "apply -f widget-bad.yaml",
    "apply -f widget-unknown.yaml",
  ]),
]);

function reason(why: string, lines: readonly string[]): [string, string][] {
  return lines.map((line) => [line, why]);
}
