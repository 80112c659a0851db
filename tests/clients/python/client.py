"""The Python client, unmodified, on the server of the kubeconfig that is named.

Creates, reads, patches, lists in pages, watches and deletes in the namespace that is named, by the typed API, the
dynamic client, and for a custom kind. Prints one JSON object with what it saw; a failed call ends it.
"""

import json
import sys

from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException

GROUP, VERSION, PLURAL = "clients.orka.dev", "v1", "cups"


def config_maps(core, namespace):
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="one", labels={"made": "python"}), data={"a": "1"})
    created = core.create_namespaced_config_map(namespace, body)
    created.data["a"] = "2"
    replaced = core.replace_namespaced_config_map("one", namespace, created)
    patched = core.patch_namespaced_config_map("one", namespace, {"data": {"b": "3"}})
    for name in ("two", "three"):
        body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"made": "python"}))
        core.create_namespaced_config_map(namespace, body)
    return {"replaced": replaced.data, "patched": patched.data}


def pages(core, namespace):
    names, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(namespace, label_selector="made=python", limit=2, _continue=token)
        names.append([item.metadata.name for item in page.items])
        token = page.metadata._continue or ""
    return names


def errors(core, namespace):
    seen = {}
    calls = {
        "missing": lambda: core.read_namespaced_config_map("none", namespace),
        "twice": lambda: core.create_namespaced_config_map(
            namespace, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="one"))),
        "stale": lambda: core.replace_namespaced_config_map("one", namespace, client.V1ConfigMap(
            metadata=client.V1ObjectMeta(name="one", resource_version="1"))),
    }
    for name, call in calls.items():
        try:
            call()
        except ApiException as error:
            seen[name] = [error.status, json.loads(error.body)["reason"]]
    return seen


def watched(core, namespace):
    """Events from before the changes on: the stream ends itself at the third."""
    since = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.patch_namespaced_config_map("one", namespace, {"data": {"c": "4"}})
    core.create_namespaced_config_map(namespace, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="four")))
    core.delete_namespaced_config_map("four", namespace)
    events, stream = [], watch.Watch()
    for event in stream.stream(core.list_namespaced_config_map, namespace, resource_version=since,
                               allow_watch_bookmarks=True, timeout_seconds=10):
        if event["type"] != "BOOKMARK":
            events.append([event["type"], event["object"].metadata.name])
        if len(events) == 3:
            stream.stop()
    return events


def deployment(apps, namespace):
    container = client.V1Container(name="c", image="nginx:1")
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels={"app": "web"}), spec=client.V1PodSpec(containers=[container]))
    spec = client.V1DeploymentSpec(
        replicas=0, selector=client.V1LabelSelector(match_labels={"app": "web"}), template=template)
    apps.create_namespaced_deployment(
        namespace, client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec))
    scale = apps.read_namespaced_deployment_scale("web", namespace)
    image = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "nginx:2"}]}}}}
    patched = apps.patch_namespaced_deployment("web", namespace, image)
    apps.delete_namespaced_deployment("web", namespace, propagation_policy="Background")
    return {"scale": scale.spec.replicas, "image": patched.spec.template.spec.containers[0].image}


def custom(api, namespace):
    cup = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Cup", "metadata": {"name": "blue"}, "spec": {"size": 2}}
    api.create_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, cup)
    patched = api.patch_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, "blue", {"spec": {"size": 3}})
    status = api.patch_namespaced_custom_object_status(
        GROUP, VERSION, namespace, PLURAL, "blue", {"status": {"size": 3}})
    api.delete_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, "blue")
    return {"size": patched["spec"]["size"], "status": status["status"]["size"]}


def by_discovery(api_client, namespace):
    found = dynamic.DynamicClient(api_client).resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"x": "1"}}
    applied = found.server_side_apply(body=body, namespace=namespace, field_manager="python")
    names = [item.metadata.name for item in found.get(namespace=namespace, label_selector="made=python").items]
    found.delete(name="applied", namespace=namespace)
    return {"manager": applied.metadata.managedFields[0].manager, "names": names}


def main(kubeconfig, namespace):
    api_client = config.new_client_from_config(kubeconfig)
    core = client.CoreV1Api(api_client)
    print(json.dumps({
        "configMaps": config_maps(core, namespace),
        "pages": pages(core, namespace),
        "errors": errors(core, namespace),
        "watched": watched(core, namespace),
        "deployment": deployment(client.AppsV1Api(api_client), namespace),
        "custom": custom(client.CustomObjectsApi(api_client), namespace),
        "discovered": by_discovery(api_client, namespace),
        "version": client.VersionApi(api_client).get_code().git_version,
    }))


main(sys.argv[1], sys.argv[2])
