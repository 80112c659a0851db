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
  ...reason("the real server's refusal ends with a diff of its own types", [
    'patch pod idle -p \'{"spec":{"containers":[{"name":"main","env":[{"name":"A","value":"2"}]}]}}\'',
  ]),
  ...reason("an administrator's rules are told in short: everything", ["auth can-i --list --no-headers"]),
]);

function reason(why: string, lines: readonly string[]): [string, string][] {
  return lines.map((line) => [line, why]);
}
