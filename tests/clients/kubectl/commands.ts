/**
 * The kubectl commands that tests play to a server, in groups; each group runs in a namespace of its own, its
 * commands one after another. A line is what is typed after `kubectl`, with shell quotes; before it may stand
 *
 * - `~`: only the exit code is compared (the output tells of controllers, of other tests, or of the machine);
 * - `&`: runs beside the lines that follow, and is interrupted at the group's end;
 * - `NAME=value`: an environment variable.
 *
 * `{ns}` is the namespace, and part of every name that belongs to no namespace. `< FILE` reads stdin from a file.
 */
export interface CommandGroup {
  readonly name: string;
  readonly lines: readonly string[];
  /** Run at the end whatever happened: what is outside the namespace goes. */
  readonly cleanup?: readonly string[];
}

const group = (name: string, lines: string, cleanup = ""): CommandGroup => ({
  name,
  lines: split(lines),
  cleanup: split(cleanup),
});

const split = (lines: string) => lines.split("\n").map((line) => line.trim()).filter((line) => line !== "");

export const GROUPS: readonly CommandGroup[] = [
  group(
    "reads",
    `~version
    ~cluster-info
    ~api-versions
    ~api-resources
    api-resources --api-group=apps
    api-resources --api-group=batch -o wide
    api-resources --api-group= --namespaced=false --verbs=list,get -o name
    api-resources --api-group=nothing.example
    get --raw /livez
    get --raw /readyz
    get --raw /healthz/ping
    get --raw /nowhere
    get --raw /api/v1/namespaces/{ns}/configmaps/none
    get ns {ns}
    get ns {ns} -o yaml
    get ns {ns} -o json
    get ns {ns} -o name
    get ns {ns} -o wide --show-labels
    get ns {ns} -o jsonpath={.metadata.labels}
    get ns {ns} -o 'go-template={{.metadata.name}} {{.status.phase}}'
    get ns {ns} -o custom-columns=NAME:.metadata.name,PHASE:.status.phase,NONE:.spec.none
    get cm kube-root-ca.crt --no-headers
    get cm -L part --sort-by=.metadata.name
    get all
    get pods
    get pods --field-selector=status.phase=Running
    get pods --field-selector=spec.nothing=1
    get pods -l 'a in (b,c),!d' --chunk-size=1
    get pods -l 'a in (b'
    get pods,services,deployments -o yaml
    get nonsense
    get deployments.v1.apps,cronjobs.batch
    get deployments.v9.apps
    get pod none
    get pod none --ignore-not-found
    get po/none svc/none
    get sa default
    get sa default -o yaml
    describe ns {ns}
    describe sa default
    describe pod none
    describe cm kube-root-ca.crt --show-events=false
    events
    events --types=Warning
    get events
    top pods
    top nodes
    ~config view
    ~options
    ~auth whoami
    auth can-i list pods
    auth can-i '*' '*' --all-namespaces
    auth can-i create deployments.apps/scale
    auth can-i --list --no-headers
    auth can-i get nonsense
    ~get --raw /metrics
    ~get --raw /openapi/v2`,
  ),
  group(
    "explain",
    `explain deployment
    explain deployment.spec
    explain deploy.spec.template.spec.containers.resources
    explain pods.spec.nothing
    explain nothing
    explain cronjob --api-version=batch/v1
    explain namespace --recursive
    explain hpa --api-version=autoscaling/v1
    explain configmap --output=plaintext-openapiv2
    explain ingress.spec --output=plaintext-openapiv2
    explain service.spec.ports --output=plaintext-openapiv2 --recursive
    explain role.rules
    explain event`,
  ),
  group(
    "configmaps",
    `create configmap plain --from-literal=a=b --from-literal=c=d
    create configmap plain --from-literal=a=b
    create configmap filed --from-file=app.properties
    create configmap env --from-env-file=app.properties
    create configmap dry --from-literal=a=b --dry-run=client -o yaml
    create configmap dry --from-literal=a=b --dry-run=server -o yaml
    create configmap Bad_Name
    create configmap bad --from-literal='a b=c'
    create -f generate.yaml -o 'jsonpath={.metadata.generateName}'
    get cm
    get cm plain filed -o name
    get cm plain -o yaml --show-managed-fields
    get cm plain -o json
    describe cm plain
    label cm plain part=one
    label cm plain part=two
    label cm plain part=two --overwrite
    label cm plain part-
    label cm plain 'bad label=x'
    label cm --all both=yes --resource-version=1
    annotate cm plain note='said once'
    annotate cm plain note-
    annotate cm plain a=b --dry-run=server
    annotate cm -l part=two a=b
    patch cm plain -p '{"data":{"z":"1"}}'
    patch cm plain -p '{"data":{"z":"1"}}'
    patch cm plain --type=merge -p '{"data":{"z":null}}'
    patch cm plain --type=json -p '[{"op":"add","path":"/data/q","value":"1"}]'
    patch cm plain --type=json -p '[{"op":"test","path":"/data/q","value":"2"}]'
    patch cm plain --type=json -p '[{"op":"remove","path":"/data/none"}]'
    patch cm plain --patch-file=patch.yaml
    patch cm plain -p '{"data":{"z":1}}'
    patch cm plain -p 'not: [json'
    patch cm none -p '{"data":{"z":"1"}}'
    patch cm plain -p '{"metadata":{"name":"other"}}'
    patch cm plain -p '{"immutable":true}' -o jsonpath={.immutable}
    patch cm plain -p '{"data":{"z":"9"}}'
    KUBE_EDITOR='sed -i s/one=1/one=3/' edit cm filed
    KUBE_EDITOR='sed -i s/nothing/same/' edit cm filed
    KUBE_EDITOR='sed -i s/three=/four=/' edit cm env --output-patch
    KUBE_EDITOR='sed -i s/^data/dota/' edit cm env
    get cm filed -o jsonpath={.data}
    get cm -A --field-selector=metadata.name=plain
    get cm --field-selector=metadata.name!=plain -o name
    get cm --chunk-size=1 --sort-by=.metadata.name -o name
    get cm --limit=1
    replace -f cm.yaml
    create -f cm.yaml --save-config
    replace -f cm2.yaml
    replace --force -f cm.yaml
    get cm kept -o jsonpath={.data.value}
    create -f two.yaml
    wait --for=create cm/kept --timeout=2s
    wait --for=jsonpath={.data.value}=1 cm/kept --timeout=2s
    wait --for=jsonpath={.data.value}=7 cm/kept --timeout=1s
    wait --for=delete cm/none --timeout=1s
    delete cm plain --dry-run=server
    delete cm plain --dry-run=client
    delete cm plain
    delete cm plain
    delete cm plain --ignore-not-found
    delete cm filed --cascade=orphan
    delete cm kept --cascade=background --wait=false
    delete -f two.yaml
    delete cm other env --now`,
  ),
  group(
    "apply",
    `apply -f cm.yaml
    apply -f cm.yaml
    apply -f cm2.yaml
    get cm kept -o yaml --show-managed-fields
    apply view-last-applied cm/kept
    apply edit-last-applied cm/none
    apply set-last-applied -f cm.yaml
    apply -f unknown-field.yaml
    apply -f unknown-field.yaml --validate=warn
    apply -f unknown-field.yaml --validate=false
    apply -f bad-kind.yaml
    apply -f bad-type.yaml
    apply -f invalid.yaml
    apply -f none.yaml
    apply -f - < cm.yaml
    apply -f deploy.yaml --dry-run=server
    apply -f deploy.yaml --dry-run=client -o name
    apply -f deploy.yaml
    apply -f deploy.yaml
    diff -f deploy.yaml
    diff -f cm2.yaml
    diff -f cm2.yaml --server-side
    apply -f deploy2.yaml
    apply --server-side -f deploy.yaml
    apply --server-side -f deploy.yaml --force-conflicts
    apply --server-side -f deploy.yaml --field-manager=second
    apply --server-side -f deploy2.yaml --field-manager=second
    diff --server-side -f deploy.yaml --force-conflicts
    apply -f immutable.yaml
    apply --server-side -f two.yaml --force-conflicts
    get cm kept other -o jsonpath='{.items[*].metadata.managedFields[*].manager}'
    ~apply -f two.yaml --prune -l part=one
    apply -f cm.yaml --prune -l part=one --prune-allowlist=core/v1/ConfigMap
    get cm -l part=one -o name
    apply -k . --dry-run=server
    kustomize .
    apply -k .
    get cm -o name
    delete -k .
    delete -f deploy.yaml -f cm.yaml`,
  ),
  group(
    "workloads",
    `create deployment made --image=nginx --replicas=0 --port=80
    create deployment made --image=nginx
    create deployment dry --image=nginx --image=busybox --dry-run=client -o yaml
    create deployment dry --image=nginx --dry-run=server -o yaml
    apply -f deploy.yaml
    get deploy
    get deploy web -o wide
    scale deploy web --replicas=0 --current-replicas=0
    scale deploy web --replicas=1 --current-replicas=5
    scale deploy none --replicas=1
    set image deploy/web c=nginx:2
    set image deploy/web none=nginx:2
    set env deploy/web A=1 B=2
    set env deploy/web A-
    set env deploy/web --list
    set resources deploy/web --limits=cpu=200m,memory=512Mi --requests=cpu=100m
    set serviceaccount deploy/web default
    set selector svc/none a=b
    get deploy web -o jsonpath={.spec.template.spec}
    patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":0}}'
    get deploy web --subresource=scale
    get deploy web --subresource=scale -o yaml
    get deploy web --subresource=status -o jsonpath={.spec.replicas}
    patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:3"}]}}}}'
    patch deploy web --type=json -p '[{"op":"replace","path":"/spec/selector","value":{"matchLabels":{"x":"y"}}}]'
    ~rollout status deploy web --timeout=1s
    ~rollout history deploy web
    ~rollout undo deploy web
    rollout restart deploy web
    rollout pause deploy web
    rollout pause deploy web
    rollout restart deploy web
    rollout resume deploy web
    rollout status cm/kube-root-ca.crt
    expose deploy web --port=80 --target-port=8080
    expose deploy web --port=80
    get svc web -o wide
    ~describe deploy web
    describe svc web --show-events=false
    autoscale deploy web --max=3 --cpu=80%
    get hpa web -o jsonpath={.spec}
    ~describe hpa web
    create job once --image=busybox --dry-run=server -o yaml -- date
    create cronjob nightly --image=busybox --schedule='0 0 * * *' -- date
    create cronjob wrong --image=busybox --schedule=never
    create job from --from=cronjob/nightly --dry-run=server -o name
    get cronjob
    describe cronjob nightly
    create pdb half --selector=app=web --min-available=50%
    get pdb half -o jsonpath={.spec}
    run direct --image=busybox --restart=Never --dry-run=server -o yaml
    create -f pod.yaml
    get pod idle
    get pod idle -o wide
    get pod idle -o yaml
    get pods -l app=idle -o json
    describe pod idle
    set image pod/idle main=busybox:2
    patch pod idle -p '{"spec":{"containers":[{"name":"main","env":[{"name":"A","value":"2"}]}]}}'
    label pod idle x=y
    ~logs idle
    ~exec idle -- ls
    ~attach idle
    ~port-forward pod/idle :80
    ~cp idle:/x ./x
    logs none
    exec none -- ls
    ~debug idle --image=busybox
    wait --for=condition=Ready pod/idle --timeout=1s
    wait --for=condition=Available deploy/web --for=create --timeout=1s
    delete pod idle --grace-period=0 --force
    delete deploy made --cascade=foreground --timeout=10s
    delete deploy web
    ~delete deploy --all
    get pods -o name`,
  ),
  group(
    "everyday kinds",
    `create secret generic s1 --from-literal=a=b
    create secret docker-registry s2 --docker-server=r.example --docker-username=u --docker-password=p
    create secret generic typed --type=kubernetes.io/basic-auth --from-literal=username=u
    create secret generic wrong --type=kubernetes.io/tls --from-literal=a=b
    get secret
    get secret s1 -o yaml
    describe secret s1
    create service clusterip c1 --tcp=80:8080
    create service nodeport n1 --tcp=80
    create service loadbalancer l1 --tcp=80
    create service externalname e1 --external-name=example.org
    create service clusterip headless --clusterip=None
    create service clusterip wrong --clusterip=1.2.3
    get svc
    get svc c1 -o yaml
    describe svc c1 --show-events=false
    set selector svc/c1 app=web
    create ingress i1 --rule=example.org/a=c1:80 --rule='example.org/b*=c1:80,tls=s1'
    create ingress i2 --class=none --default-backend=c1:80
    get ingress
    describe ingress i1
    create quota q1 --hard=pods=2,services=5
    get quota q1 -o jsonpath={.spec}
    create sa robot
    create token robot
    create token none
    create role r1 --verb=get,list --resource=pods,configmaps.
    create role r2 --verb=get --resource=nonsense
    create rolebinding rb1 --role=r1 --serviceaccount={ns}:robot
    create rolebinding rb2 --clusterrole=view --user=jane --group=dev
    get role,rolebinding -o wide
    describe role r1
    describe rolebinding rb1
    create clusterrole {ns} --verb=get --resource=nodes
    create clusterrole {ns}-a --aggregation-rule=a=b
    create clusterrolebinding {ns} --clusterrole={ns} --group=dev
    describe clusterrole {ns}
    get clusterrole,clusterrolebinding {ns} -o name
    auth reconcile -f cm.yaml
    set subject rolebinding rb1 --user=joe
    get rolebinding rb1 -o jsonpath={.subjects}
    create priorityclass {ns} --value=1000 --description=high
    get priorityclass {ns}
    describe priorityclass {ns}
    create -f event.yaml
    events --for=cm/kept
    get events
    get events -o wide
    get events.v1.events.k8s.io -o jsonpath={.items[*].reason}
    describe events said.1
    create namespace {ns}-2
    get ns {ns}-2
    ~delete ns {ns}-2
    create namespace Bad
    create -f quota.yaml
    get limitrange
    get ds,sts,rs,rc,pvc,networkpolicy,lease
    get csidrivers,ingressclass
    delete secret s1 s2
    delete svc --all`,
    `delete clusterrole {ns} {ns}-a --ignore-not-found --wait=false
    delete clusterrolebinding {ns} --ignore-not-found --wait=false
    delete priorityclass {ns} --ignore-not-found --wait=false
    delete ns {ns}-2 --ignore-not-found --wait=false`,
  ),
  group(
    "nodes",
    `create -f node.yaml
    get node {ns} --no-headers
    get node {ns} --show-labels
    cordon {ns}
    cordon {ns}
    get node {ns}
    uncordon {ns}
    taint node {ns} a=b:NoSchedule
    taint node {ns} a=b:NoSchedule
    taint node {ns} a=c:NoExecute bad
    taint node {ns} a=c:NoSchedule --overwrite
    taint node {ns} a-
    label node {ns} zone=one
    drain {ns} --ignore-daemonsets
    drain none
    cordon none
    taint node none a=b:NoSchedule
    patch node {ns} --subresource=status -p '{"status":{"capacity":{"cpu":"4"}}}'
    get node {ns} -o jsonpath={.status.capacity.cpu}
    ~describe node {ns}
    delete node {ns}`,
    "delete node {ns} --ignore-not-found --wait=false",
  ),
  group(
    "certificates",
    `create -f signing.yaml
    create -f signing-2.yaml
    get csr {ns} -o custom-columns=NAME:.metadata.name,SIGNER:.spec.signerName,USAGES:.spec.usages,ASKED:.status
    certificate approve {ns} {ns}-2 --dry-run=client
    certificate approve {ns}
    certificate approve {ns}
    get csr {ns} -o jsonpath={.status.conditions[*].type},{.status.conditions[*].reason}
    certificate deny {ns}
    certificate deny -f signing-2.yaml
    get csr {ns}-2 -o jsonpath={.status.conditions[*].type},{.status.conditions[*].message}
    patch csr {ns} --type=merge -p '{"spec":{"usages":["server auth"]}}'
    ~describe csr {ns}
    ~get csr
    certificate approve none
    certificate approve
    delete csr {ns} {ns}-2`,
    "delete csr {ns} {ns}-2 --ignore-not-found --wait=false",
  ),
  group(
    "custom resources",
    `apply -f crd.yaml
    wait --for=condition=Established crd/widgets.{ns}.orka.dev --timeout=10s
    apply -f crd.yaml
    get crd widgets.{ns}.orka.dev -o name
    get crd widgets.{ns}.orka.dev -o jsonpath={.status.acceptedNames}
    ~describe crd widgets.{ns}.orka.dev
    apply -f widget.yaml
    apply -f widget.yaml
    apply -f widget-bad.yaml
    apply -f widget-unknown.yaml
    get widgets.{ns}.orka.dev
    get widgets.{ns}.orka.dev -o wide
    get widgets.{ns}.orka.dev w1 -o yaml --show-managed-fields
    get widgets.{ns}.orka.dev none
    describe widgets.{ns}.orka.dev w1
    scale widgets.{ns}.orka.dev/w1 --replicas=5
    patch widgets.{ns}.orka.dev w1 --subresource=status --type=merge -p '{"status":{"size":5}}'
    get widgets.{ns}.orka.dev w1 --subresource=status -o jsonpath={.status.size}
    get widgets.{ns}.orka.dev w1 --subresource=scale -o jsonpath={.spec.replicas}/{.status.replicas}
    patch widgets.{ns}.orka.dev w1 -p '{"spec":{"size":1}}'
    patch widgets.{ns}.orka.dev w1 --type=merge -p '{"spec":{"colour":"green"}}'
    patch widgets.{ns}.orka.dev w1 --type=json -p '[{"op":"add","path":"/spec/parts","value":[{"name":"a"}]}]'
    apply --server-side -f widget.yaml --force-conflicts
    KUBE_EDITOR='sed -i s/size:.*/size:\\ 9/' edit widgets.{ns}.orka.dev w1
    label widgets.{ns}.orka.dev w1 a=b
    explain widgets.spec --api-version={ns}.orka.dev/v1
    explain widgets.spec.parts --api-version={ns}.orka.dev/v1 --recursive
    api-resources --api-group={ns}.orka.dev
    replace -f widget.yaml
    auth can-i get widgets.{ns}.orka.dev
    wait --for=jsonpath={.spec.size}=2 widgets.{ns}.orka.dev/w1 --timeout=2s
    delete widgets.{ns}.orka.dev w1
    delete crd widgets.{ns}.orka.dev
    get widgets.{ns}.orka.dev`,
    "delete crd widgets.{ns}.orka.dev --ignore-not-found --wait=false",
  ),
  group(
    "watches",
    `create cm first --from-literal=a=1
    &get cm -w --output-watch-events --field-selector=metadata.name!=kube-root-ca.crt
    &get cm --watch-only -o name --field-selector=metadata.name!=kube-root-ca.crt
    &get cm first -w -o jsonpath='{.data.a} '
    &events --watch
    &wait --for=delete cm/first --timeout=20s
    wait --for=create cm/first --timeout=2s
    ~get --raw /api/v1/namespaces/{ns}/configmaps?watch=1&timeoutSeconds=1
    create cm second
    patch cm first -p '{"data":{"a":"2"}}'
    label cm second x=y
    create -f event.yaml
    delete cm second
    delete cm first`,
  ),
];
