/** Samples of what came to be checked later: at the end, so that the seeds of the others stay. */
import type { Sample } from "./samples.ts";

const core = "/api/v1/namespaces/validation";
/** An elliptic key's request for CN=jane, O=dev; whoever reads it checks its form alone. */
const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIHYMH8CAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAENGhy7N8uvELjUe67IQAMQoKx3tQgYWylGUVCIRCs
IsDswEWMof/ko2YjYtNuMVHyNHqR6hp/gL5ki3s7sP7o86AAMAoGCCqGSM49BAMC
A0kAMEYCIQDror40XmvstMUJwPoB+uP2qV8nWMdQYmDW3Z+Z+nof8AIhAJVGEjSS
YxneEsQtWovYyLwh3/b2C7AsN9IAueRL/gE5
-----END CERTIFICATE REQUEST-----
`;

const debug = { name: "debug", image: "busybox", targetContainerName: "main" };

export const LATER: readonly Sample[] = [
  {
    path: `${core}/pods`,
    body: {
      metadata: { name: "debugged" },
      spec: {
        schedulerName: "nobody",
        containers: [{ name: "main", image: "x" }],
        initContainers: [{ name: "setup", image: "x" }],
        volumes: [{ name: "scratch", emptyDir: {} }],
      },
    },
    create: 0,
    after: {
      subresource: "ephemeralcontainers",
      patch: [{ op: "add", path: "/spec/ephemeralContainers", value: [debug] }],
    },
  },
  {
    path: `${core}/secrets`,
    body: {
      metadata: { name: "token", annotations: { "kubernetes.io/service-account.name": "default" } },
      type: "kubernetes.io/service-account-token",
    },
    create: 12,
    update: 8,
    dry: true,
  },
  {
    path: "/apis/certificates.k8s.io/v1/certificatesigningrequests",
    body: {
      metadata: { name: "validation-jane" },
      spec: {
        signerName: "example.com/people",
        usages: ["client auth", "digital signature"],
        expirationSeconds: 3_600,
        request: btoa(REQUEST),
      },
    },
    create: 40,
    update: 20,
  },
];
